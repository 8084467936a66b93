import type { Client } from 'pg'
import { withIndexesAfter } from './built-after.ts'
import { copyRow, hashFor, idFor } from './database.ts'

const BATCH = 50_000
const user = idFor('user')
const session = idFor('session')
const engineUid = hashFor('uid')
const grant = hashFor('Grant')
const ofOne = 'session_id IN (SELECT id FROM sessions WHERE user_id = $1)'
const artifact = (kind: string) => `user_id = $1 AND kind = '${kind}'`

/** All that is there of somebody who is signed in, and what tells one from another. */
const copies = [
  { table: 'users', like: 'id = $1', but: { id: user } },
  { table: 'person_keys', like: 'person_id = $1', but: { id: idFor('key'), person_id: user } },
  {
    table: 'user_emails',
    like: 'user_id = $1',
    but: { id: idFor('email'), user_id: user, address_index: hashFor('address') },
  },
  { table: 'password_credentials', like: 'user_id = $1', but: { user_id: user } },
  { table: 'known_browsers', like: 'user_id = $1', but: { user_id: user, browser_hash: hashFor('browser') } },
  { table: 'sessions', like: 'user_id = $1', but: { id: session, user_id: user } },
  { table: 'session_carriers', like: ofOne, but: { session_id: session, engine_uid_hash: engineUid } },
  // The clean-up has no work with them meanwhile.
  { table: 'session_looks', like: ofOne, but: { session_id: session, look_at: "now() + interval '1 day'" } },
  {
    table: 'oidc_artifacts',
    like: artifact('Session'),
    but: { id_hash: hashFor('Session'), uid_hash: engineUid, user_id: user },
  },
  {
    table: 'oidc_artifacts',
    like: artifact('Grant'),
    but: { id_hash: grant, grant_hash: grant, user_id: user, session_id: session },
  },
  {
    table: 'oidc_artifacts',
    like: artifact('RefreshToken'),
    but: { id_hash: hashFor('RefreshToken'), grant_hash: grant, user_id: user, session_id: session },
  },
]

/** Those that grow by the number; the rest of what a person has is found by these. */
const tables = [...new Set(copies.map(({ table }) => table))]

/**
 * Makes as many of somebody who is signed in. Their events are left out: those are only written to, at one end. In batches, so that
 * neither the log nor a transaction grows with the number; the indexes are there again when anybody asks.
 */
export async function makeMany(client: Client, number: number, like: string): Promise<void> {
  // Nobody is promised these rows; the server's own connections wait for the disk as ever.
  await client.query('SET synchronous_commit = off')
  await withIndexesAfter(client, tables, async () => {
    for (let from = 1; from <= number; from += BATCH) {
      const to = Math.min(number, from + BATCH - 1)
      for (const each of copies) await copyRow(client, { ...each, values: [like], from, to })
      await client.query('SELECT count_active_users()') // It sums up what each new user has left for it.
    }
  })
  await client.query('VACUUM (ANALYZE)')
  await client.query('CHECKPOINT')
}
