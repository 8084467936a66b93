import { sql } from 'kysely'
import type { Db, Tx } from '../../db/types.ts'
import { type KeyHolder, type SigningAlgorithm, type SigningKeyRow, signingKeyRow } from './signing-key.ts'

const columns = [
  'id',
  'api_id',
  'kid',
  'algorithm',
  'state',
  'sealed',
  'created_at',
  'activated_at',
  'retired_at',
  'revoked_at',
  'gone_at',
] as const

/** One set, oldest first. */
export async function listSigningKeys(db: Db, holder: KeyHolder): Promise<SigningKeyRow[]> {
  const all = db.selectFrom('signing_keys').select(columns)
  const ofHolder = holder === 'instance' ? all.where('api_id', 'is', null) : all.where('api_id', '=', holder.api)
  const rows = await ofHolder.orderBy('id').execute()
  return rows.map((row) => signingKeyRow.parse(row))
}

/** The keys of all sets that are published, oldest first. */
export async function listLiveSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  const rows = await db.selectFrom('signing_keys').select(columns).where('state', '<>', 'gone').orderBy('id').execute()
  return rows.map((row) => signingKeyRow.parse(row))
}

/** The APIs that have keys of their own. */
export async function listKeyHolders(db: Db): Promise<KeyHolder[]> {
  const rows = await db.selectFrom('signing_keys').select('api_id').distinct().where('state', '<>', 'gone').execute()
  return rows.map(({ api_id }) => (api_id === null ? 'instance' : { api: api_id }))
}

export async function holderOfKey(db: Db, kid: string): Promise<KeyHolder | undefined> {
  const row = await db.selectFrom('signing_keys').select('api_id').where('kid', '=', kid).executeTakeFirst()
  if (!row) return undefined
  return row.api_id === null ? 'instance' : { api: row.api_id }
}

interface NewSigningKey {
  readonly id: string
  readonly api_id: string | null
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  readonly sealed: Buffer
  readonly created_at: Date
}

export async function insertNextKey(tx: Tx, key: NewSigningKey): Promise<void> {
  await tx
    .insertInto('signing_keys')
    .values({ ...key, state: 'next' })
    .execute()
}

export const setActive = (tx: Tx, id: string, at: Date): Promise<unknown> =>
  tx.updateTable('signing_keys').set({ state: 'active', activated_at: at }).where('id', '=', id).execute()

export const setRetired = (tx: Tx, id: string, at: Date): Promise<unknown> =>
  tx.updateTable('signing_keys').set({ state: 'retired', retired_at: at }).where('id', '=', id).execute()

/** The private key goes with the state, and the database refuses to take one back. */
export const setGone = (tx: Tx, id: string, at: Date, revokedAt: Date | null): Promise<unknown> =>
  tx
    .updateTable('signing_keys')
    .set({ state: 'gone', sealed: null, gone_at: at, revoked_at: revokedAt })
    .where('id', '=', id)
    .execute()

/**
 * PostgreSQL leaves what was overwritten in the table's file. A few rows are copied into a new one in milliseconds,
 * outside of any transaction. Whoever reads the table for long is not waited for: those behind us would wait, too.
 */
export const sweepErasedKeys = (owner: Db): Promise<void> =>
  owner.connection().execute(async (connection) => {
    await sql`SET lock_timeout = '1s'`.execute(connection)
    try {
      await sql`VACUUM (FULL) signing_keys`.execute(connection)
    } finally {
      await sql`RESET lock_timeout`.execute(connection)
    }
  })
