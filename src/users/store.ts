import { type RawBuilder, sql } from 'kysely'
import { plainRead } from '../db/plain-read.ts'
import { statement, type Whose } from '../db/statement.ts'
import type { Db, Tx } from '../db/types.ts'
import { type EmailId, emailId, type InstanceRole, type LockReason, type UserId, userId } from './user.ts'

export interface UserRow {
  readonly id: string
  readonly status: string
  readonly locked_at: Date | null
  readonly instance_role: string | null
  readonly name: Buffer
  readonly locale: string | null
  readonly created_at: Date
  readonly email_id: string
  readonly address: Buffer
  readonly verified_at: Date | null
  readonly disowned_at: Date | null
}

const users = (db: Db) =>
  db
    .selectFrom('users')
    .innerJoin('user_emails as primary_email', (join) =>
      join.onRef('primary_email.user_id', '=', 'users.id').on('primary_email.is_primary', '=', true),
    )
    .select([
      'users.id',
      'users.status',
      'users.locked_at',
      'users.instance_role',
      'users.name',
      'users.locale',
      'users.created_at',
      'primary_email.id as email_id',
      'primary_email.address',
      'primary_email.verified_at',
      'primary_email.disowned_at',
    ])

const finding = statement<{ id: string }, UserRow>((db, part) =>
  users(db).where('users.id', '=', part((values) => values).id),
)

export const findUser = async (db: Db, id: UserId): Promise<UserRow | undefined> =>
  (await finding(db, { id: userId.toUuid(id) })).rows[0]

export function userFinder<Values>(whose: Whose<Values>): (db: Db, values: Values) => Promise<UserRow | undefined> {
  const finding = statement<Values, UserRow>((db, part) => users(db).where('users.id', '=', whose(part)))
  return async (db, values) => (await finding(db, values)).rows[0]
}

/** Whose an address is, as a part of another statement; and somebody who is nobody where it is nobody's, so that the look is the same. */
export const userAt = (index: Buffer, nobody: string): RawBuilder<string> =>
  plainRead(sql<string>`coalesce((SELECT user_id FROM user_emails WHERE address_index = ${index}), ${nobody}::uuid)`)

const findingByIndex = statement<{ index: Buffer }, UserRow>((db, part) =>
  users(db)
    .innerJoin('user_emails as found', 'found.user_id', 'users.id')
    .where('found.address_index', '=', part((values) => values).index),
)

/** By any of their addresses, through the unique index of `address_index`. */
export const findUserByIndex = async (db: Db, index: Buffer): Promise<UserRow | undefined> =>
  (await findingByIndex(db, { index })).rows[0]

export function listUsers(db: Db, after: UserId | undefined, limit: number): Promise<UserRow[]> {
  const page = users(db).orderBy('users.id').limit(limit)
  return (after ? page.where('users.id', '>', userId.toUuid(after)) : page).execute()
}

/** Of whom the key was destroyed, there is nobody left behind the row. */
const hasKey = sql<boolean>`EXISTS (
  SELECT FROM person_keys AS own WHERE own.person_id = users.id AND own.sealed IS NOT NULL)`

const active = (db: Db) =>
  db.selectFrom('users').select('id').where('status', '=', 'active').where('locked_at', 'is', null).where(hasKey)

/**
 * Whether somebody may sign in, as part of a statement of whoever asks about something of theirs. For a refresh the function
 * `person_standing` of the database says the same.
 */
export const isActiveUser = (user: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql`EXISTS (
    SELECT FROM users WHERE users.id = ${user} AND users.status = 'active' AND users.locked_at IS NULL AND ${hasKey})`

/** Who may sign in, by the primary key. */
export async function listActiveUsers(db: Db, after: UserId | undefined, limit: number): Promise<UserId[]> {
  const page = active(db).orderBy('id').limit(limit)
  const rows = await (after ? page.where('id', '>', userId.toUuid(after)) : page).execute()
  return rows.map(({ id }) => userId.fromUuid(id))
}

const among = (ids: readonly UserId[]) => sql<string>`ANY(${ids.map(userId.toUuid)}::uuid[])`

export async function activeUsersAmong(db: Db, ids: readonly UserId[]): Promise<Set<UserId>> {
  const rows = await active(db).where('id', '=', among(ids)).execute()
  return new Set(rows.map(({ id }) => userId.fromUuid(id)))
}

export const findUsers = (db: Db, ids: readonly UserId[]): Promise<UserRow[]> =>
  users(db).where('users.id', '=', among(ids)).orderBy('users.id').execute()

/** Who may sign in: of those that a licence counts. */
export async function countActiveUsers(db: Db): Promise<number> {
  const { rows } = await sql<{ number: string }>`SELECT count_active_users() AS number`.execute(db)
  return Number(rows[0]?.number)
}

/** The one that looks at every row. */
export const recountActiveUsers = (db: Db): Promise<unknown> => sql`SELECT recount_active_users()`.execute(db)

interface NewUser {
  readonly id: UserId
  readonly instanceRole: InstanceRole | null
  readonly name: Buffer
  readonly locale: string | null
  readonly at: Date
}

export async function insertUser(tx: Tx, { id, instanceRole, name, locale, at }: NewUser): Promise<void> {
  await tx
    .insertInto('users')
    .values({
      id: userId.toUuid(id),
      status: 'active',
      instance_role: instanceRole,
      name,
      locale,
      created_at: at,
    })
    .execute()
}

interface NewEmail {
  readonly id: EmailId
  readonly user: UserId
  readonly address: Buffer
  readonly index: Buffer
  readonly verifiedAt: Date | null
  readonly at: Date
}

/** Answers whether the identity was free: of two at once, the second waits here for the first. */
export async function insertPrimaryEmail(tx: Tx, email: NewEmail): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('user_emails')
    .values({
      id: emailId.toUuid(email.id),
      user_id: userId.toUuid(email.user),
      address: email.address,
      address_index: email.index,
      is_primary: true,
      verified_at: email.verifiedAt,
      created_at: email.at,
    })
    .onConflict((conflict) => conflict.column('address_index').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

const locking = statement<{ id: string }, unknown>((db, part) =>
  db
    .selectFrom('users')
    .select('id')
    .where('id', '=', part((values) => values).id)
    .forNoKeyUpdate(),
)

/** Until the transaction ends. False for somebody unknown. */
export const lockUser = async (tx: Tx, id: UserId): Promise<boolean> =>
  (await locking(tx, { id: userId.toUuid(id) })).rows.length > 0

export const deletePrimaryEmail = (tx: Tx, user: UserId): Promise<unknown> =>
  tx.deleteFrom('user_emails').where('user_id', '=', userId.toUuid(user)).where('is_primary', '=', true).execute()

export async function disownPrimaryEmail(tx: Tx, user: UserId, at: Date): Promise<void> {
  await tx
    .updateTable('user_emails')
    .set({ disowned_at: at })
    .where('user_id', '=', userId.toUuid(user))
    .where('is_primary', '=', true)
    .where('disowned_at', 'is', null)
    .execute()
}

/**
 * Locked until the transaction ends: of two that would each leave the other as the last, the second waits, and then no
 * longer finds the first. Always in one order, or they would wait for each other.
 */
export async function lockActiveAdmins(tx: Tx): Promise<UserId[]> {
  const rows = await tx
    .selectFrom('users')
    .select('id')
    .where('instance_role', '=', 'admin')
    .where('status', '=', 'active')
    .where('locked_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(({ id }) => userId.fromUuid(id))
}

/** Whoever may look after the instance at this moment, the eldest first. */
export async function activeAdministrators(db: Db | Tx, most: number): Promise<UserId[]> {
  const rows = await db
    .selectFrom('users')
    .select('id')
    .where('instance_role', '=', 'admin')
    .where('status', '=', 'active')
    .where('locked_at', 'is', null)
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(({ id }) => userId.fromUuid(id))
}

/** Compare and set: false when the user is unknown or stands like that already. */
export async function changeStatus(tx: Tx, id: UserId, to: 'active' | 'disabled', at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('users')
    .set({ status: to, disabled_at: to === 'disabled' ? at : null })
    .where('id', '=', userId.toUuid(id))
    .where('status', '!=', to)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Compare and set: false when the user is unknown or locked already. */
export async function markLocked(tx: Tx, id: UserId, reason: LockReason, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('users')
    .set({ locked_at: at, lock_reason: reason })
    .where('id', '=', userId.toUuid(id))
    .where('locked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The same, the other way round. */
export async function markUnlocked(tx: Tx, id: UserId): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('users')
    .set({ locked_at: null, lock_reason: null })
    .where('id', '=', userId.toUuid(id))
    .where('locked_at', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The one with this identity and no other: of somebody whose address was changed meanwhile, nothing is verified. */
export async function verifyPrimaryEmail(
  tx: Tx,
  id: UserId,
  index: Buffer,
  at: Date,
): Promise<'done' | 'already' | 'other'> {
  const row = await tx
    .selectFrom('user_emails')
    .select(['id', 'verified_at'])
    .where('user_id', '=', userId.toUuid(id))
    .where('is_primary', '=', true)
    .where('address_index', '=', index)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return 'other'
  if (row.verified_at) return 'already'
  await tx.updateTable('user_emails').set({ verified_at: at }).where('id', '=', row.id).execute()
  return 'done'
}
