import { statement } from '../db/statement.ts'
import type { Db, Tx } from '../db/types.ts'
import { type SessionId, sessionId } from './session.ts'

export interface Carrier {
  readonly session: SessionId
  readonly engineUidHash: Buffer
}

/** Which session the engine's carries at present, live or not. */
export async function carriedBy(tx: Tx, engineUidHash: Buffer): Promise<SessionId | undefined> {
  const row = await tx
    .selectFrom('session_carriers')
    .select('session_id')
    .where('engine_uid_hash', '=', engineUidHash)
    .executeTakeFirst()
  return row && sessionId.fromUuid(row.session_id)
}

/** What stands in the way of a new bond. */
interface Bond {
  /** The session that this carrier carries now, live or not. */
  readonly carriesAlready: SessionId | undefined
  readonly isCarriedElsewhere: boolean
}

const locking = statement<
  { id: string; engineUidHash: Buffer },
  { carries_already: string | null; is_carried_elsewhere: unknown }
>((db, part) => {
  const { id, engineUidHash } = part((values) => values)
  return db
    .selectFrom('sessions')
    .select((eb) => [
      eb
        .selectFrom('session_carriers')
        .select('session_id')
        .where('engine_uid_hash', '=', engineUidHash)
        .as('carries_already'),
      eb
        .exists(
          eb
            .selectFrom('session_carriers')
            .select('session_id')
            .whereRef('session_id', '=', 'sessions.id')
            .where('engine_uid_hash', '<>', engineUidHash),
        )
        .as('is_carried_elsewhere'),
    ])
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .forNoKeyUpdate()
})

/** Live, and locked until the transaction ends: nobody ends it, or gives it to another carrier, meanwhile. */
export async function lockBond(tx: Tx, { session, engineUidHash }: Carrier): Promise<Bond | undefined> {
  const row = (await locking(tx, { id: sessionId.toUuid(session), engineUidHash })).rows[0]
  return (
    row && {
      carriesAlready: row.carries_already === null ? undefined : sessionId.fromUuid(row.carries_already),
      isCarriedElsewhere: row.is_carried_elsewhere === true,
    }
  )
}

interface Seat {
  readonly at: Date
  readonly isCarriedElsewhere: boolean
}

/** A session has one carrier, and a carrier one session: what stood in the way gives way. */
export async function putCarrier(tx: Tx, { session, engineUidHash }: Carrier, seat: Seat): Promise<void> {
  const { at, isCarriedElsewhere } = seat
  const id = sessionId.toUuid(session)
  if (isCarriedElsewhere)
    await tx
      .deleteFrom('session_carriers')
      .where('session_id', '=', id)
      .where('engine_uid_hash', '<>', engineUidHash)
      .execute()
  await tx
    .insertInto('session_carriers')
    .values({ engine_uid_hash: engineUidHash, session_id: id, last_seen_at: at })
    .onConflict((conflict) => conflict.column('engine_uid_hash').doUpdateSet({ session_id: id, last_seen_at: at }))
    .execute()
}

const livingOf = statement<{ engineUidHash: Buffer; seenAfter: Date }, { id: string }>((db, part) => {
  const { engineUidHash, seenAfter } = part((values) => values)
  return db
    .selectFrom('session_carriers as carrier')
    .innerJoin('sessions', 'sessions.id', 'carrier.session_id')
    .select('sessions.id')
    .where('carrier.engine_uid_hash', '=', engineUidHash)
    .where('carrier.last_seen_at', '>', seenAfter)
    .where('sessions.ended_at', 'is', null)
})

/** By primary keys alone: the engine asks for every request of a browser. */
export const hasLiveSession = async (db: Db | Tx, engineUidHash: Buffer, seenAfter: Date): Promise<boolean> =>
  (await livingOf(db, { engineUidHash, seenAfter })).rows.length > 0

/** By primary keys too: asked for every token that comes back to us. */
export async function isCarriedAndLive(db: Db | Tx, session: SessionId, seenAfter: Date): Promise<boolean> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('session_carriers as carrier', 'carrier.session_id', 'sessions.id')
    .select('sessions.id')
    .where('sessions.id', '=', sessionId.toUuid(session))
    .where('sessions.ended_at', 'is', null)
    .where('carrier.last_seen_at', '>', seenAfter)
    .executeTakeFirst()
  return row !== undefined
}

interface Seen {
  readonly at: Date
  /** Later than this, and it is written already. */
  readonly unlessAfter: Date
  /** Earlier than this, and the session is over: nothing revives it. */
  readonly idleSince: Date
}

export async function touchCarrier(db: Db | Tx, engineUidHash: Buffer, seen: Seen): Promise<void> {
  await db
    .updateTable('session_carriers')
    .set({ last_seen_at: seen.at })
    .where('engine_uid_hash', '=', engineUidHash)
    .where('last_seen_at', '<=', seen.unlessAfter)
    .where('last_seen_at', '>', seen.idleSince)
    .execute()
}
