import { sql } from 'kysely'
import { plainRead } from '../../db/plain-read.ts'
import { statement, type Whose } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'

const userId = defineId('usr')

/** When a browser was last seen by whomever `whose` names. */
export function seenFinder<Values>(
  whose: Whose<Values>,
): (db: Db, values: Values & { readonly hash: Buffer }) => Promise<Date | undefined> {
  const seeing = statement<Values & { readonly hash: Buffer }, { last_seen_at: Date }>((db, part) =>
    db
      .selectFrom('known_browsers')
      .select('last_seen_at')
      .where('user_id', '=', whose(part))
      .where('browser_hash', '=', part((values) => values).hash),
  )
  return async (db, values) => (await seeing(db, values)).rows[0]?.last_seen_at
}

const seenBy = seenFinder<{ user: string }>((part) => plainRead(sql<string>`${part((values) => values).user}::uuid`))

/** Undefined for one that this account does not know. */
export const seenAt = (db: Db, user: Id<'usr'>, hash: Buffer): Promise<Date | undefined> =>
  seenBy(db, { user: userId.toUuid(user), hash })

export async function touchBrowser(tx: Tx, user: Id<'usr'>, hash: Buffer, at: Date): Promise<void> {
  await tx
    .updateTable('known_browsers')
    .set({ last_seen_at: at })
    .where('user_id', '=', userId.toUuid(user))
    .where('browser_hash', '=', hash)
    .execute()
}

export async function putBrowser(tx: Tx, user: Id<'usr'>, hash: Buffer, at: Date): Promise<void> {
  await tx
    .insertInto('known_browsers')
    .values({ user_id: userId.toUuid(user), browser_hash: hash, first_seen_at: at, last_seen_at: at })
    .execute()
}

/** By `known_browsers_by_name`. */
export async function whoKnows(tx: Tx, hash: Buffer): Promise<Id<'usr'>[]> {
  const rows = await tx.selectFrom('known_browsers').select('user_id').where('browser_hash', '=', hash).execute()
  return rows.map(({ user_id }) => userId.fromUuid(user_id))
}

export async function renameBrowser(tx: Tx, { from, to }: Record<'from' | 'to', Buffer>): Promise<void> {
  await tx.updateTable('known_browsers').set({ browser_hash: to }).where('browser_hash', '=', from).execute()
}

interface Before {
  /** Other browsers that the account knows. */
  readonly others: number
  /** Whether this is the first sign-in that it ever saw, in whichever browser: of two at once, the second waits for the first. */
  readonly isFirst: boolean
}

/** Remembered for good: that every browser was forgotten says nothing of who signs in next. */
export async function noteSignIn(tx: Tx, user: Id<'usr'>, hash: Buffer): Promise<Before> {
  const person = userId.toUuid(user)
  const { rows } = await sql<{ others: number; is_first: boolean }>`
    WITH noted AS (INSERT INTO signed_in_people (user_id) VALUES (${person}::uuid) ON CONFLICT DO NOTHING RETURNING user_id)
    SELECT
      (SELECT count(*)::int FROM known_browsers WHERE user_id = ${person}::uuid AND browser_hash <> ${hash}) AS others,
      EXISTS (SELECT FROM noted) AS is_first`.execute(tx)
  const [before] = rows
  if (!before) throw new Error('a statement without FROM answered no row')
  return { others: before.others, isFirst: before.is_first }
}

/** All but the `most` that were seen last. */
export async function deleteBeyond(tx: Tx, user: Id<'usr'>, most: number): Promise<void> {
  await tx
    .deleteFrom('known_browsers')
    .where('user_id', '=', userId.toUuid(user))
    .where('browser_hash', 'not in', (query) =>
      query
        .selectFrom('known_browsers')
        .select('browser_hash')
        .where('user_id', '=', userId.toUuid(user))
        .orderBy('last_seen_at', 'desc')
        .orderBy('first_seen_at', 'desc')
        .limit(most),
    )
    .execute()
}

export async function deleteBrowsersOf(tx: Tx, user: Id<'usr'>): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('known_browsers')
    .where('user_id', '=', userId.toUuid(user))
    .executeTakeFirst()
  return Number(numDeletedRows)
}
