import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'
import type { Asked } from './email-code.ts'

const userId = defineId('usr')
const LONG_AGO = new Date(0)

/** Answers whether it was off. */
export async function insertFactor(tx: Tx, user: UserId, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('email_code_factors')
    .values({ user_id: userId.toUuid(user), created_at: at })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function deleteFactor(tx: Tx, user: UserId, since?: Date): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('email_code_factors')
    .where('user_id', '=', userId.toUuid(user))
    .where('created_at', '>=', since ?? LONG_AGO)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

export async function findFactor(db: Db, user: UserId): Promise<boolean> {
  const row = await db
    .selectFrom('email_code_factors')
    .select('user_id')
    .where('user_id', '=', userId.toUuid(user))
    .executeTakeFirst()
  return row !== undefined
}

interface NewCode extends Asked {
  readonly user: UserId
  readonly emailIndex: Buffer
  readonly hash: Buffer
  readonly sentAt: Date
  readonly expiresAt: Date
}

/** One at a time: the one before is replaced. */
export async function putCode(tx: Tx, { holder, purpose, user, emailIndex, hash, sentAt, expiresAt }: NewCode) {
  const code = {
    user_id: userId.toUuid(user),
    email_index: emailIndex,
    code_hash: hash,
    sent_at: sentAt,
    expires_at: expiresAt,
  }
  await tx
    .insertInto('email_codes')
    .values({ holder, purpose, ...code })
    .onConflict((conflict) => conflict.columns(['holder', 'purpose']).doUpdateSet(code))
    .execute()
}

export async function findWaiting(db: Db, { holder, purpose }: Asked, now: Date) {
  const row = await db
    .selectFrom('email_codes')
    .select(['sent_at', 'expires_at'])
    .where('holder', '=', holder)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row && { sentAt: row.sent_at, expiresAt: row.expires_at }
}

interface Shown extends Asked {
  readonly user: UserId
  readonly emailIndex: Buffer
  readonly hash: Buffer
}

/** Once: of many at the same moment, the others wait for the first and then find nothing. */
export async function consumeCode(
  tx: Tx,
  { holder, purpose, user, emailIndex, hash }: Shown,
  now: Date,
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('email_codes')
    .where('holder', '=', holder)
    .where('purpose', '=', purpose)
    .where('user_id', '=', userId.toUuid(user))
    .where('email_index', '=', emailIndex)
    .where('code_hash', '=', hash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** By `email_codes_of_user`. */
export async function deleteCodesOf(tx: Tx, user: UserId): Promise<void> {
  await tx.deleteFrom('email_codes').where('user_id', '=', userId.toUuid(user)).execute()
}
