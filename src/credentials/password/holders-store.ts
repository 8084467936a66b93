import type { Db } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'

const userId = defineId('usr')

/** Who of them has a password; no hash is read. */
export async function holdersAmong(db: Db, users: readonly UserId[]): Promise<ReadonlySet<UserId>> {
  if (users.length === 0) return new Set()
  const rows = await db
    .selectFrom('password_credentials')
    .select('user_id')
    .where('user_id', 'in', users.map(userId.toUuid))
    .execute()
  return new Set(rows.map(({ user_id }) => userId.fromUuid(user_id)))
}
