import type { Db, Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { type SessionId, sessionId } from './session.ts'

const userId = defineId('usr')

/** Not ended, and not live: no browser that carries it was seen since. By the partial index `sessions_live_of_user`. */
export async function idleSessions(db: Db, seenBefore: Date, limit: number): Promise<SessionId[]> {
  const rows = await db
    .selectFrom('sessions')
    .select('id')
    .where('ended_at', 'is', null)
    .where('created_at', '<=', seenBefore)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('session_carriers as carrier')
            .select('carrier.session_id')
            .whereRef('carrier.session_id', '=', 'sessions.id')
            .where('carrier.last_seen_at', '>', seenBefore),
        ),
      ),
    )
    .orderBy('user_id')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => sessionId.fromUuid(id))
}

/** As the owner: the serving role may not delete what says who was signed in where. */
export async function deleteEnded(
  tx: Tx,
  endedBefore: Date,
  limit: number,
): Promise<{ readonly id: SessionId; readonly user: Id<'usr'> }[]> {
  const old = await tx
    .selectFrom('sessions')
    .select(['id', 'user_id'])
    .where('ended_at', '<', endedBefore)
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
  const ids = old.map(({ id }) => id)
  if (ids.length === 0) return []
  await tx.deleteFrom('session_carriers').where('session_id', 'in', ids).execute()
  await tx.deleteFrom('sessions').where('id', 'in', ids).execute()
  return old.map(({ id, user_id }) => ({ id: sessionId.fromUuid(id), user: userId.fromUuid(user_id) }))
}
