import { sql } from 'kysely'
import type { Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { type SessionId, sessionId } from './session.ts'

const userId = defineId('usr')

/** A session whose time has come to be looked at. */
export interface Due {
  readonly id: SessionId
  readonly hasEnded: boolean
  readonly createdAt: Date
  /** Undefined for a sign-in that was never followed home. */
  readonly lastSeenAt: Date | undefined
}

/**
 * By session_looks_by_time, however many sessions there are; then each by its key. What another worker looks at is left to it.
 */
export async function sessionsToLookAt(tx: Tx, now: Date, limit: number): Promise<readonly Due[]> {
  const due = await tx
    .selectFrom('session_looks')
    .select('session_id')
    .where('look_at', '<=', now)
    .orderBy('look_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
  if (due.length === 0) return []
  const ids = due.map(({ session_id }) => session_id).sort()
  const rows = await tx
    .selectFrom('sessions')
    .leftJoin('session_carriers as carrier', 'carrier.session_id', 'sessions.id')
    .select(['sessions.id', 'sessions.ended_at', 'sessions.created_at', 'carrier.last_seen_at'])
    .where('sessions.id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .execute()
  const found = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => {
    const row = found.get(id)
    return {
      id: sessionId.fromUuid(id),
      hasEnded: !row || row.ended_at !== null,
      createdAt: row?.created_at ?? now,
      lastSeenAt: row?.last_seen_at ?? undefined,
    }
  })
}

/** Those of them that have not ended and that nobody holds: held from now on. */
export async function lockFree(tx: Tx, ids: readonly SessionId[]): Promise<ReadonlySet<SessionId>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', sql<string>`ANY(${ids.map(sessionId.toUuid)}::uuid[])`)
    .where('ended_at', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  return new Set(rows.map(({ id }) => sessionId.fromUuid(id)))
}

export async function lookAgain(
  tx: Tx,
  looks: readonly { readonly id: SessionId; readonly at: Date }[],
): Promise<void> {
  if (looks.length === 0) return
  await sql`
    UPDATE session_looks SET look_at = next.at
    FROM unnest(${looks.map(({ id }) => sessionId.toUuid(id))}::uuid[], ${looks.map(({ at }) => at)}::timestamptz[]) AS next (id, at)
    WHERE session_id = next.id`.execute(tx)
}

export async function lookNoMore(tx: Tx, ids: readonly SessionId[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .deleteFrom('session_looks')
    .where('session_id', '=', sql<string>`ANY(${ids.map(sessionId.toUuid)}::uuid[])`)
    .execute()
}

/** By sessions_by_end. As the owner: the serving role may not delete what says who was signed in where. */
export async function deleteEnded(
  tx: Tx,
  endedBefore: Date,
  limit: number,
): Promise<{ readonly id: SessionId; readonly user: Id<'usr'> }[]> {
  const old = await tx
    .selectFrom('sessions')
    .select(['id', 'user_id'])
    .where('ended_at', '<', endedBefore)
    .orderBy('ended_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
  if (old.length === 0) return []
  const ids = sql<string>`ANY(${old.map(({ id }) => id)}::uuid[])`
  await tx.deleteFrom('session_looks').where('session_id', '=', ids).execute()
  await tx.deleteFrom('session_carriers').where('session_id', '=', ids).execute()
  await tx.deleteFrom('sessions').where('id', '=', ids).execute()
  return old.map(({ id, user_id }) => ({ id: sessionId.fromUuid(id), user: userId.fromUuid(user_id) }))
}
