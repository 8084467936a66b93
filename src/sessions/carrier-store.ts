import { type RawBuilder, sql } from 'kysely'
import { statement } from '../db/statement.ts'
import type { Db, Tx } from '../db/types.ts'
import { type SessionId, sessionId } from './session.ts'
import type { Youngest } from './store.ts'

export interface Carrier {
  readonly session: SessionId
  readonly engineUidHash: Buffer
}

export interface Bonding extends Carrier {
  /** The session that whoever signs in anew had before; null: none. Another tab may have been faster. Not asked where it is left out. */
  readonly instead?: SessionId | null | undefined
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

/** What stood in the way of a new bond. */
interface Bond {
  /** The session that this carrier carried until now, live or not. */
  readonly carriedBefore: SessionId | undefined
  readonly isCarriedElsewhere: boolean
}

interface FoundBond {
  readonly carried_before: string | null
  readonly is_carried_elsewhere: boolean
  readonly is_put: boolean
}

/**
 * A carrier carries one session: what it carried gives way, and nothing else: what another tab has put there since this statement
 * began is left alone, or it would be carried by nobody and have no end. Where the session has another carrier it is only
 * locked, and nothing is put.
 */
const bonding = statement<{ id: string; engineUidHash: Buffer; at: Date }, FoundBond>((db, part) => {
  const { id, engineUidHash, at } = part((values) => values)
  return db
    .with('bond', (eb) =>
      eb
        .selectFrom('sessions')
        .select((of) => [
          'sessions.id',
          of
            .selectFrom('session_carriers')
            .select('session_id')
            .where('engine_uid_hash', '=', engineUidHash)
            .as('carried_before'),
          of
            .exists(
              of
                .selectFrom('session_carriers')
                .select('session_id')
                .whereRef('session_id', '=', 'sessions.id')
                .where('engine_uid_hash', '<>', engineUidHash),
            )
            .$castTo<boolean>()
            .as('is_carried_elsewhere'),
        ])
        .where('sessions.id', '=', id)
        .where('ended_at', 'is', null)
        .forNoKeyUpdate(),
    )
    .with('put', (eb) =>
      eb
        .insertInto('session_carriers')
        .columns(['engine_uid_hash', 'session_id', 'last_seen_at'])
        .expression((of) =>
          of
            .selectFrom('bond')
            .select([
              sql<Buffer>`${engineUidHash}::bytea`.as('hash'),
              'bond.id',
              sql<Date>`${at}::timestamptz`.as('at'),
            ])
            .where('is_carried_elsewhere', '=', false)
            .where(sql<boolean>`carried_before IS DISTINCT FROM bond.id`),
        )
        .onConflict((conflict) =>
          conflict
            .column('engine_uid_hash')
            .doUpdateSet(({ ref }) => ({
              session_id: ref('excluded.session_id'),
              last_seen_at: ref('excluded.last_seen_at'),
            }))
            .where(sql<boolean>`session_carriers.session_id IS NOT DISTINCT FROM (SELECT carried_before FROM bond)`),
        )
        .returning('session_id'),
    )
    .selectFrom('bond')
    .select((of) => [
      'carried_before',
      'is_carried_elsewhere',
      of.exists(of.selectFrom('put').select('put.session_id')).$castTo<boolean>().as('is_put'),
    ])
})

/**
 * The session is live, and locked until the transaction ends: nobody ends it, or gives it to another carrier, meanwhile.
 * Undefined, and nothing changed, for one that has ended, and where the carrier carries another than `instead` says.
 */
export async function putCarrier(
  tx: Tx,
  { session, engineUidHash, instead }: Bonding,
  at: Date,
): Promise<Bond | undefined> {
  const id = sessionId.toUuid(session)
  const found = (await bonding(tx, { id, engineUidHash, at })).rows[0]
  if (!found) return undefined
  const { carried_before: before, is_carried_elsewhere: isCarriedElsewhere } = found
  if (before !== id && !isCarriedElsewhere && !found.is_put) return undefined
  if (instead !== undefined && before !== null && before !== id && sessionId.fromUuid(before) !== instead)
    return undefined
  if (isCarriedElsewhere && before !== id) await takeCarrier(tx, { id, engineUidHash, at })
  return { carriedBefore: before === null ? undefined : sessionId.fromUuid(before), isCarriedElsewhere }
}

/** A session has one carrier: the one that it had gives way. */
async function takeCarrier(
  tx: Tx,
  { id, engineUidHash, at }: { readonly id: string; readonly engineUidHash: Buffer; readonly at: Date },
): Promise<void> {
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

const livingOf = statement<{ engineUidHash: Buffer } & Youngest, { id: string }>((db, part) => {
  const { engineUidHash, seenAfter, bornAfter } = part((values) => values)
  return db
    .selectFrom('session_carriers as carrier')
    .innerJoin('sessions', 'sessions.id', 'carrier.session_id')
    .select('sessions.id')
    .where('carrier.engine_uid_hash', '=', engineUidHash)
    .where('carrier.last_seen_at', '>', seenAfter)
    .where('sessions.created_at', '>', bornAfter)
    .where('sessions.ended_at', 'is', null)
})

/** By primary keys alone: the engine asks for every request of a browser. */
export const hasLiveSession = async (db: Db | Tx, engineUidHash: Buffer, young: Youngest): Promise<boolean> =>
  (await livingOf(db, { engineUidHash, ...young })).rows.length > 0

/** By primary keys too: asked for every token that comes back to us. */
export const isCarriedAndLive = async (db: Db | Tx, session: SessionId, young: Youngest): Promise<boolean> =>
  (await livingSession(db, { id: sessionId.toUuid(session), ...young })).rows.length > 0

const livingSession = statement<{ id: string } & Youngest, { id: string }>((db, part) => {
  const { id, seenAfter, bornAfter } = part((values) => values)
  return db
    .selectFrom('sessions')
    .innerJoin('session_carriers as carrier', 'carrier.session_id', 'sessions.id')
    .select('sessions.id')
    .where('sessions.id', '=', id)
    .where('sessions.ended_at', 'is', null)
    .where('sessions.created_at', '>', bornAfter)
    .where('carrier.last_seen_at', '>', seenAfter)
})

/** The same as part of a statement that has found the session's id. */
export const isLivingSession = (
  session: RawBuilder<unknown>,
  { seenAfter, bornAfter }: Youngest,
): RawBuilder<boolean> => sql`EXISTS (
  SELECT FROM sessions JOIN session_carriers AS carrier ON carrier.session_id = sessions.id
  WHERE sessions.id = ${session} AND sessions.ended_at IS NULL
    AND sessions.created_at > ${bornAfter} AND carrier.last_seen_at > ${seenAfter})`

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
