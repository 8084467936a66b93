import type { RawBuilder } from 'kysely'
import type { Db, Tx } from '../db/types.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import type { Id } from '../lib/ids.ts'
import {
  type Bonding,
  type Carrier,
  carriedBy,
  hasLiveSession,
  isCarriedAndLive,
  isLivingSession,
  putCarrier,
  touchCarrier,
} from './carrier-store.ts'
import { deviceOf } from './device.ts'
import { ended, started, strengthened } from './event.ts'
import { carriedSessions, findSession, type Which } from './list-store.ts'
import type { EndWhatCameOf, Origin, OwnOrigin, PlaceOf, RecordEvent } from './ports.ts'
import { sessionSeals } from './seals.ts'
import {
  type EndReason,
  type FoundSession,
  type Session,
  type SessionId,
  type SessionOfSomebody,
  sessionId,
} from './session.ts'
import { endSession, findProofs, insertSession, liveSessionsOf, lockLiveSession, strengthenSession } from './store.ts'

interface SignIn {
  /** For whoever has to name it before it is there. */
  readonly id?: SessionId
  readonly user: Id<'usr'>
  readonly amr: readonly string[]
  readonly acr: string
  readonly userAgent: string | undefined
  readonly ip: string
  readonly at: Date
  /** Factor by factor, as whoever judges them writes and reads them. Without, nobody goes on from what this one has proven. */
  readonly proofs?: string
}

type Strengthened = Required<Pick<SignIn, 'amr' | 'acr' | 'proofs'>> & { readonly user: Id<'usr'> }

interface Ending {
  readonly reason: EndReason
  /** Without one it is the person's own doing. */
  readonly origin?: Origin
  /** And this where they were. */
  readonly from?: OwnOrigin | undefined
  readonly next?: SessionId
}

interface EndAll {
  readonly reason: EndReason
  /** The session of whoever asks. */
  readonly except?: SessionId
}

export interface Sessions {
  /** In the transaction that completes the sign-in. */
  start(tx: Tx, origin: Origin, signIn: SignIn): Promise<SessionId>
  /** Whoever is signed in has proven more. What was issued in the session stays. False when it has ended. */
  strengthen(tx: Tx, origin: Origin, session: SessionId, by: Strengthened): Promise<boolean>
  /** JSON; undefined for one that has ended or is not that person's. */
  proofsOf(session: SessionId, user: Id<'usr'>): Promise<unknown>
  /** Which session of the engine carries it. The same again changes nothing; another sign-in takes its place. False for one that has ended, and where another tab was faster: then nothing may be kept. */
  bind(tx: Tx, carrier: Bonding, from?: OwnOrigin): Promise<boolean>
  /** The engine's session is gone: somebody signed out. */
  ended(tx: Tx, carrier: Pick<Carrier, 'engineUidHash'>, from?: OwnOrigin): Promise<void>
  /** False for one that ended or was idle for too long, and for one that was never ours: whoever asks must not let it live on. */
  isLive(engineUidHash: Buffer): Promise<boolean>
  /** The same, asked by the id that stands in tokens. */
  isLiveSession(session: SessionId): Promise<boolean>
  /** The same as part of another statement. */
  isLiving(session: RawBuilder<unknown>): RawBuilder<boolean>
  touch(engineUidHash: Buffer): Promise<void>
  /** Dead for the engine at once. False when it had ended before. */
  end(tx: Tx, origin: Origin, session: SessionId, reason: EndReason): Promise<boolean>
  endAllOf(tx: Tx, origin: Origin, user: Id<'usr'>, options: EndAll): Promise<number>
  /** Whoever ends it meanwhile waits for this transaction, and then finds all of it. False when it has ended. */
  hold(tx: Tx, session: SessionId): Promise<boolean>
  /** All that have not ended: those too whose sign-in is done and was not followed home, and which no list shows. */
  liveOf(tx: Tx, user: Id<'usr'>): Promise<SessionId[]>
  /** Newest first. Empty for somebody who was erased. */
  listOf(user: Id<'usr'>): Promise<Session[]>
  /** The same of whomever is asked for. Without device, address and place where somebody was erased. */
  list(which: Which): Promise<SessionOfSomebody[]>
  find(session: SessionId): Promise<FoundSession | undefined>
}

interface SessionsDeps {
  readonly db: Db
  readonly persons: Pick<Keyring['persons'], 'of'>
  readonly record: RecordEvent
  readonly clock: Clock
  readonly endWhatCameOf: EndWhatCameOf
  readonly placeOf?: PlaceOf
  /** Milliseconds without a sign of its browser after which a session is over. */
  readonly idle: number
  /** Milliseconds after its beginning when it is over, however often it was seen. */
  readonly absolute: number
}

/** Nobody reads more of their own; what is beyond is still ended with the others. */
const MOST_OF_ONE = 1000

/** As often as "last seen" is written: precise enough for its reader, and no write for every request. */
const TOUCH_EVERY_MS = 60_000

export function createSessions(deps: SessionsDeps): Sessions {
  const { db, persons, record, endWhatCameOf, placeOf = () => undefined, clock, idle, absolute } = deps
  const seals = sessionSeals(persons)
  const before = (ms: number) => new Date(clock.now().getTime() - ms)
  const young = () => ({ seenAfter: before(idle), bornAfter: before(absolute) })

  async function end(tx: Tx, id: SessionId, { reason, origin, from, next }: Ending): Promise<boolean> {
    const row = await endSession(tx, id, { reason, at: clock.now() })
    if (!row) return false
    const open = await seals.opener(tx, row.user)
    const traits = await open?.(row.id, row.sealed)
    const by = origin ?? { actor: { kind: 'person', id: row.user }, ...from }
    await endWhatCameOf(tx, by, { session: id, user: row.user, reason, ...(next && { next }) })
    await record(tx, by, ended(row, traits?.device, reason))
    return true
  }

  return {
    start: async (tx, origin, { id = sessionId.generate(), user, amr, acr, userAgent, ip, at, proofs = '[]' }) => {
      const device = deviceOf(userAgent)
      const sealed = await seals.seal(tx, user, id, { device, ip, place: placeOf(ip) })
      const row = { id, user, amr, acr, createdAt: at, sealed }
      const lookAt = new Date(at.getTime() + Math.min(idle, absolute))
      await Promise.all([insertSession(tx, row, { proofs, lookAt }), record(tx, origin, started(row, device))])
      return id
    },
    strengthen: async (tx, origin, session, proven) => {
      const before = await strengthenSession(tx, session, proven)
      if (before) await record(tx, origin, strengthened(session, before, proven))
      return before !== undefined
    },
    proofsOf: (session, user) => findProofs(db, session, user),
    bind: async (tx, carrier, from) => {
      const bond = await putCarrier(tx, carrier, clock.now())
      if (!bond) return false
      const { carriedBefore } = bond
      const { session: next } = carrier
      if (carriedBefore && carriedBefore !== next) await end(tx, carriedBefore, { reason: 'replaced', from, next })
      return true
    },
    ended: async (tx, { engineUidHash }, from) => {
      const session = await carriedBy(tx, engineUidHash)
      if (session) await end(tx, session, { reason: 'signed-out', from })
    },
    isLive: (engineUidHash) => hasLiveSession(db, engineUidHash, young()),
    isLiveSession: (session) => isCarriedAndLive(db, session, young()),
    isLiving: (session) => isLivingSession(session, young()),
    touch: (engineUidHash) =>
      touchCarrier(db, engineUidHash, {
        at: clock.now(),
        unlessAfter: before(TOUCH_EVERY_MS),
        idleSince: before(idle),
      }),
    end: (tx, origin, session, reason) => end(tx, session, { reason, origin }),
    endAllOf: async (tx, origin, user, { reason, except }) => {
      let count = 0
      for (const session of await liveSessionsOf(tx, user))
        if (session !== except && (await end(tx, session, { reason, origin }))) count += 1
      return count
    },
    hold: lockLiveSession,
    liveOf: liveSessionsOf,
    listOf: async (user) => {
      const open = await seals.opener(db, user)
      if (!open) return []
      const rows = await carriedSessions(db, young(), { user, limit: MOST_OF_ONE })
      return Promise.all(rows.map(async ({ user: _, sealed, ...row }) => ({ ...row, ...(await open(row.id, sealed)) })))
    },
    list: async (which) => {
      const rows = await carriedSessions(db, young(), which)
      const openers = new Map<Id<'usr'>, ReturnType<typeof seals.opener>>()
      for (const { user } of rows) if (!openers.has(user)) openers.set(user, seals.opener(db, user))
      return Promise.all(
        rows.map(async ({ sealed, ...row }) => ({
          ...row,
          ...(await (
            await openers.get(row.user)
          )?.(row.id, sealed)),
        })),
      )
    },
    find: async (session) => {
      const row = await findSession(db, session)
      if (!row) return undefined
      const { sealed, ...plain } = row
      const open = await seals.opener(db, row.user)
      const isOver = row.ended !== undefined || !(await isCarriedAndLive(db, session, young()))
      return { ...plain, isOver, ...(await open?.(session, sealed)) }
    },
  }
}
