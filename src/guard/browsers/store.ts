import { statement } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'

const userId = defineId('usr')

const knowing = statement<{ user: string; hash: Buffer }, { browser_hash: Buffer }>((db, part) => {
  const { user, hash } = part((values) => values)
  return db
    .selectFrom('known_browsers')
    .select('browser_hash')
    .where('user_id', '=', user)
    .where('browser_hash', '=', hash)
})

export const isKnownTo = async (db: Db, user: Id<'usr'>, hash: Buffer): Promise<boolean> =>
  (await knowing(db, { user: userId.toUuid(user), hash })).rows.length > 0

interface Seen {
  readonly at: Date
  readonly unlessAfter: Date
}

const putting = statement<Seen & { user: string; hash: Buffer }, { is_new: unknown }>((db, part) => {
  const { user, hash, at, unlessAfter } = part((values) => values)
  return db
    .insertInto('known_browsers')
    .values({ user_id: user, browser_hash: hash, first_seen_at: at, last_seen_at: at })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'browser_hash'])
        .doUpdateSet({ last_seen_at: at })
        .where('known_browsers.last_seen_at', '<', unlessAfter),
    )
    .returning(({ eb }) => eb('first_seen_at', '=', at).as('is_new'))
})

/** True when it was new. "Last seen" is written at most once a day: precise enough to forget by. */
export async function putBrowser(tx: Tx, user: Id<'usr'>, hash: Buffer, seen: Seen): Promise<boolean> {
  const { rows } = await putting(tx, { ...seen, user: userId.toUuid(user), hash })
  return rows[0]?.is_new === true
}

export async function countOthers(tx: Tx, user: Id<'usr'>, hash: Buffer): Promise<number> {
  const { count } = await tx
    .selectFrom('known_browsers')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('user_id', '=', userId.toUuid(user))
    .where('browser_hash', '<>', hash)
    .executeTakeFirstOrThrow()
  return Number(count)
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

export async function deleteUnseenSince(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('known_browsers').where('last_seen_at', '<', before).execute()
}
