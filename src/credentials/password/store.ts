import { sql } from 'kysely'
import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'

const userId = defineId('usr')

/** The row's name, as a seal is bound to it. */
export const rowOf = (user: UserId): string => userId.toUuid(user)

export async function findHash(db: Db, user: UserId): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('password_credentials')
    .select('hash')
    .where('user_id', '=', userId.toUuid(user))
    .executeTakeFirst()
  return row?.hash
}

/** Answers whether there was one before. */
export async function putHash(tx: Tx, user: UserId, hash: Buffer, at: Date): Promise<boolean> {
  const { replaced } = await tx
    .insertInto('password_credentials')
    .values({ user_id: userId.toUuid(user), hash, set_at: at })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ hash, set_at: at }))
    // A row that was inserted has never been locked or deleted by anybody.
    .returning(sql<boolean>`xmax <> 0`.as('replaced'))
    .executeTakeFirstOrThrow()
  return replaced
}
