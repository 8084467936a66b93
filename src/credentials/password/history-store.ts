import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'

const userId = defineId('usr')
const formerId = defineId('pwh')

export interface FormerRow {
  /** The row's name, as a seal is bound to it. */
  readonly id: string
  readonly hash: Buffer
}

export const newFormerRow = (): string => formerId.toUuid(formerId.generate())

/** The newest first. */
export const findFormer = (db: Db, user: UserId, limit: number): Promise<FormerRow[]> =>
  db
    .selectFrom('password_history')
    .select(['id', 'hash'])
    .where('user_id', '=', userId.toUuid(user))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()

export async function putFormer(tx: Tx, user: UserId, { id, hash }: FormerRow, at: Date): Promise<void> {
  await tx
    .insertInto('password_history')
    .values({ id, user_id: userId.toUuid(user), hash, replaced_at: at })
    .execute()
}

/** All but the newest. */
export async function pruneFormer(tx: Tx, user: UserId, keep: number): Promise<void> {
  const ofUser = userId.toUuid(user)
  await tx
    .deleteFrom('password_history')
    .where('user_id', '=', ofUser)
    .where('id', 'not in', (query) =>
      query.selectFrom('password_history').select('id').where('user_id', '=', ofUser).orderBy('id', 'desc').limit(keep),
    )
    .execute()
}
