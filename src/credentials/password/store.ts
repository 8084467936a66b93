import { sql } from 'kysely'
import { plainRead } from '../../db/plain-read.ts'
import { statement, type Whose } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'

const userId = defineId('usr')

/** The row's name, as a seal is bound to it. */
export const rowOf = (user: UserId): string => userId.toUuid(user)

export interface StoredHash {
  readonly hash: Buffer
  /** Of the password, not of the hash: one that is only hashed anew is the same password. */
  readonly version: string
}

const finding = statement<{ user: string }, StoredHash>((db, part) =>
  db
    .selectFrom('password_credentials')
    .select(['hash', plainRead(sql<string>`set_at::text`).as('version')])
    .where('user_id', '=', part((values) => values).user),
)

export interface FoundHash extends StoredHash {
  readonly user: UserId
}

/** Of whomever `whose` names, and who that is. */
export function hashFinder<Values>(whose: Whose<Values>): (db: Db, values: Values) => Promise<FoundHash | undefined> {
  const findingOf = statement<Values, StoredHash & { readonly user_id: string }>((db, part) =>
    db
      .selectFrom('password_credentials')
      .select(['user_id', 'hash', plainRead(sql<string>`set_at::text`).as('version')])
      .where('user_id', '=', whose(part)),
  )
  return async (db, values) => {
    const [row] = (await findingOf(db, values)).rows
    return row && { user: userId.fromUuid(row.user_id), hash: row.hash, version: row.version }
  }
}

export const findHash = async (db: Db, user: UserId): Promise<StoredHash | undefined> =>
  (await finding(db, { user: userId.toUuid(user) })).rows[0]

/** What is about to be replaced: whoever replaces it at the same moment waits. */
export const lockHash = (tx: Tx, user: UserId): Promise<StoredHash | undefined> =>
  tx
    .selectFrom('password_credentials')
    .select(['hash', sql<string>`set_at::text`.as('version')])
    .where('user_id', '=', userId.toUuid(user))
    .forUpdate()
    .executeTakeFirst()

const holding = statement<{ user: string; version: string }, unknown>((db, part) => {
  const { user, version } = part((values) => values)
  return db
    .selectFrom('password_credentials')
    .select('user_id')
    .where('user_id', '=', user)
    .where(sql<boolean>`set_at::text = ${version}`)
    .forShare()
})

/** Held as it is until the transaction ends; false when another took its place, or it is gone. */
export async function holdVersion(tx: Tx, user: UserId, version: string): Promise<boolean> {
  return (await holding(tx, { user: userId.toUuid(user), version })).rows.length > 0
}

/** The same, for whoever goes on to replace it: false when it was set after `since`. */
export async function holdSince(tx: Tx, user: UserId, since: Date): Promise<boolean> {
  const row = await tx
    .selectFrom('password_credentials')
    .select('user_id')
    .where('user_id', '=', userId.toUuid(user))
    .where('set_at', '<=', since)
    // Not shared: two who both replace it would wait for one another.
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row !== undefined
}

interface Setting {
  readonly at: Date
  readonly byMailbox: boolean
}

/** Answers whether there was one before. */
export async function putHash(tx: Tx, user: UserId, hash: Buffer, { at, byMailbox }: Setting): Promise<boolean> {
  const { replaced } = await tx
    .insertInto('password_credentials')
    .values({ user_id: userId.toUuid(user), hash, set_at: at, by_mailbox: byMailbox })
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        // Two of one moment are two.
        .doUpdateSet({
          hash,
          by_mailbox: byMailbox,
          set_at: sql`greatest(excluded.set_at, password_credentials.set_at + interval '1 microsecond')`,
        }),
    )
    // A row that was inserted has never been locked or deleted by anybody.
    .returning(sql<boolean>`xmax <> 0`.as('replaced'))
    .executeTakeFirstOrThrow()
  return replaced
}

/**
 * Compare-and-set. Every seal has a nonce of its own, so the sealed bytes are one version and no other: whoever chose a
 * new password in the meantime keeps it. The password is as old as it was.
 */
export async function exchangeHash(tx: Tx, user: UserId, from: Buffer, to: Buffer): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('password_credentials')
    .set({ hash: to })
    .where('user_id', '=', userId.toUuid(user))
    .where('hash', '=', from)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function vouchFor(tx: Tx, user: UserId): Promise<void> {
  await tx
    .updateTable('password_credentials')
    .set({ by_mailbox: false })
    .where('user_id', '=', userId.toUuid(user))
    .where('by_mailbox', '=', true)
    .execute()
}
