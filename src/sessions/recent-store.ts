import { sql } from 'kysely'
import type { Db } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'

const userId = defineId('usr')

export interface RecentSignIn {
  readonly user: Id<'usr'>
  /** JSON. */
  readonly proofs: unknown
  readonly at: Date
}

/** Of these people, whose session has not ended since: by the index `sessions_of_user`. */
export async function recentSignIns(db: Db, users: readonly Id<'usr'>[], since: Date): Promise<RecentSignIn[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['user_id', 'proofs', 'created_at'])
    .where('user_id', '=', sql<string>`ANY(${users.map(userId.toUuid)}::uuid[])`)
    .where('ended_at', 'is', null)
    .where('created_at', '>=', since)
    .orderBy('id')
    .execute()
  return rows.map(({ user_id, proofs, created_at }) => ({ user: userId.fromUuid(user_id), proofs, at: created_at }))
}
