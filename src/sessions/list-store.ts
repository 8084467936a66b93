import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { type SessionId, sessionId } from './session.ts'
import { columns, type SessionRow, toRow, type Youngest } from './store.ts'

const userId = defineId('usr')

export interface Which {
  readonly user?: Id<'usr'>
  /** Those of a statement that answers their ids: `SELECT session_id …`. */
  readonly among?: RawBuilder<{ session_id: string }>
  /** Behind this one, in the order of the list. */
  readonly after?: SessionId
  readonly limit: number
}

export type CarriedRow = SessionRow & { readonly lastSeenAt: Date }

/**
 * Those that a browser carries, newest first: a sign-in that was never followed home is no session to anybody. Of a person by
 * sessions_of_user, of others by the primary key.
 */
export async function carriedSessions(
  db: Db,
  { seenAfter, bornAfter }: Youngest,
  { user, among, after, limit }: Which,
): Promise<CarriedRow[]> {
  const rows = await db
    .selectFrom('sessions')
    .innerJoin('session_carriers as carrier', 'carrier.session_id', 'sessions.id')
    .select([...columns, 'carrier.last_seen_at'])
    .where('sessions.ended_at', 'is', null)
    .where('sessions.created_at', '>', bornAfter)
    .where('carrier.last_seen_at', '>', seenAfter)
    .$if(user !== undefined, (query) => query.where('sessions.user_id', '=', user ? userId.toUuid(user) : ''))
    .$if(among !== undefined, (query) => (among ? query.where('sessions.id', 'in', sql<string>`(${among})`) : query))
    .$if(after !== undefined, (query) => query.where('sessions.id', '<', after ? sessionId.toUuid(after) : ''))
    .orderBy('sessions.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...toRow(row), lastSeenAt: row.last_seen_at }))
}

/** Whether or not it has ended, or was followed home. */
export async function findSession(
  db: Db,
  id: SessionId,
): Promise<
  | (SessionRow & {
      readonly lastSeenAt: Date | undefined
      readonly ended: { readonly at: Date; readonly reason: string } | undefined
    })
  | undefined
> {
  const row = await db
    .selectFrom('sessions')
    .leftJoin('session_carriers as carrier', 'carrier.session_id', 'sessions.id')
    .select([...columns, 'carrier.last_seen_at', 'sessions.ended_at', 'sessions.end_reason'])
    .where('sessions.id', '=', sessionId.toUuid(id))
    .executeTakeFirst()
  if (!row) return undefined
  const { last_seen_at, ended_at, end_reason } = row
  return {
    ...toRow(row),
    lastSeenAt: last_seen_at ?? undefined,
    ended: ended_at && end_reason !== null ? { at: ended_at, reason: end_reason } : undefined,
  }
}
