import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Lifetimes } from '../../config/lifetimes.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { artifactHash, engineUidHash, fromStored } from '../artifacts/artifact.ts'
import { asFound, sessionAsFound } from '../artifacts/as-found.ts'
import type { Client } from '../clients/client.ts'
import type { Organisations } from '../ports.ts'
import type { Unit } from '../unit/unit.ts'
import { currentUnit } from '../unit/units.ts'
import { type Beforehand, conditionsFor, returnUnlessAnswered, type WholeUse, wholeUse } from './alone.ts'
import { begunOf } from './begun.ts'
import { Families, type InFamily } from './family.ts'
import { endOf, expiryOf, refreshSpan } from './lifetimes.ts'
import { asksForIdToken, isSwitch, refreshingClient } from './refreshing.ts'
import { isUsedAgain, type Rotation } from './rotation.ts'
import { type FoundUse, slideRefreshToken, useRefreshToken } from './store.ts'
import type { SuccessorOf } from './successor.ts'
import { judgeUse } from './use.ts'

export interface RefreshTokensDeps extends Beforehand {
  readonly lifetimes: Lifetimes
  /** Milliseconds. */
  readonly retryWindow: number
  readonly successorOf: SuccessorOf
  readonly organisations: Pick<Organisations, 'seatOf' | 'seatFrom'>
  /** Called with whom a token belongs to, before the engine asks for them. */
  readonly expectAccount: (accountId: string) => Promise<unknown>
  readonly clock: Clock
  readonly db: Db
}

const userId = defineId('usr')
const orgId = defineId('org')

/**
 * What is different about refresh tokens: the look-up at the token endpoint is the use. It waits for all other uses of the family,
 * is counted, and brings along what the engine asks for next; so nothing is decided by what was read before somebody else was
 * faster, and a refused request, which is rolled back, has used nothing.
 */
export const ofRefreshTokens = (deps: RefreshTokensDeps) => {
  const families = new Families()
  return (usual: Adapter): Adapter => ({
    ...usual,
    find: async (id) => {
      const unit = currentUnit()
      const client = refreshingClient(unit, id)
      if (!client || families.hasLooked(unit)) return usual.find(id)
      return usedBy(client, id, families, deps)
    },
    // The look-up was the use already.
    consume: async (id) => (currentUnit().rotation?.token === id ? undefined : usual.consume(id)),
    upsert: async (id, given, expiresIn) => {
      // There is one: whatever became of it since, it is not made anew.
      const { rotation } = currentUnit()
      if (rotation?.use === 'retry' || rotation?.isDone) return
      const now = Math.floor(deps.clock.now().getTime() / 1000)
      const begun = rotation ? {} : { iiat: now }
      await usual.upsert(id, { ...given, ...begun, exp: now + (expiresIn ?? 0) }, expiresIn)
    },
  })
}

async function usedBy(
  client: Client,
  id: string,
  families: Families,
  deps: RefreshTokensDeps,
): Promise<AdapterPayload | undefined> {
  const { lifetimes, successorOf, retryWindow, clock } = deps
  const unit = currentUnit()
  const successor = successorOf(id)
  const hashes = { token: artifactHash('RefreshToken', id), successor: artifactHash('RefreshToken', successor) }
  const rotates = !isUsedAgain(client)
  let mayBeWhole = true
  const found = await families.use(unit, id, async (): Promise<FoundUse | WholeUse | InFamily | undefined> => {
    // Behind the wait for a turn: what was taken away meanwhile is not issued.
    const conditions = mayBeWhole ? await conditionsFor(unit, client, lifetimes, retryWindow, deps) : undefined
    const at = clock.now()
    const given = { ...hashes, at, ...leaseOf(lifetimes, client, at), ...bornAndSeen(lifetimes, at) }
    const whole = conditions ? await wholeUse(await unit.reader(), { ...given, ...conditions }) : 'undecided'
    if (whole !== 'undecided') return whole
    mayBeWhole = false
    return useRefreshToken(await unit.writer(), { ...given, rotates })
  })
  if (!found) return undefined
  if ('whole' in found) {
    unit.rotation = { token: id, successor, use: found.whole.use, isDone: true }
    if (found.whole.use === 'first') returnUnlessAnswered(unit, deps.db, found.whole.used)
    const payload = fromStored(id, { payload: found.whole.payload, sealed: undefined }, null)
    const along = { ...found.whole, session_stands: payload['expiresWithSession'] === true || null }
    await keepWhatCameAlong(unit, payload, along)
    await lookAhead(unit, payload, { ...found.whole, is_active: true, at: found.whole.used.at }, deps)
    return payload
  }
  // A family that is busy was waited for.
  if (!('payload' in found)) throw new TypeError('a use was not answered')
  const at = clock.now()
  const use = rotates ? judged(found, at, retryWindow) : found.first_used_at ? 'replay' : 'again'
  unit.rotation = { token: id, successor, use }
  const replayed = use === 'replay' ? found.first_used_at : null
  const payload = fromStored(id, { payload: found.payload, sealed: undefined }, replayed)
  await keepWhatCameAlong(unit, payload, found)
  const begun = begunOf(payload)
  const isOver = found.expires_at <= at || endOf(lifetimes, client, begun) <= at
  // By our clock, and by what is configured now. The engine goes by what stands in the token.
  if (isOver) return { ...payload, exp: 1 }
  if (use === 'again')
    unit.writeOne((db) => slideRefreshToken(db, hashes.token, expiryOf(lifetimes, client, begun, at)))
  await lookAhead(unit, payload, found, deps)
  return payload
}

function judged(found: FoundUse, at: Date, retryWindow: number): Rotation['use'] {
  const { first_used_at: firstUsedAt, uses, successor } = found
  if (!firstUsedAt) throw new TypeError('a use was not counted')
  const of = successor === 'unused' || successor === 'used' ? successor : 'absent'
  return judgeUse({ firstUsedAt, uses, successor: of }, at, retryWindow)
}

/** As a share of the idle time: a grant is kept a little longer than it has to be, and written once in that while. */
const SLACK = 1 / 8

function leaseOf(lifetimes: Lifetimes, client: Client, at: Date) {
  const idle = Math.max(...[true, false].map((outlives) => refreshSpan(lifetimes, client, outlives).idle))
  const after = (ms: number) => new Date(at.getTime() + ms)
  return { neededUntil: after(idle), keptUntil: after(idle * (1 + SLACK)) }
}

const bornAndSeen = ({ session }: Lifetimes, at: Date) => ({
  seenAfter: new Date(at.getTime() - session.idle),
  bornAfter: new Date(at.getTime() - session.absolute),
})

/** The grant and the session, for which the engine asks next. */
type Along = Pick<FoundUse, 'grant_payload' | 'session_stands'>
async function keepWhatCameAlong(unit: Unit, token: AdapterPayload, found: Along): Promise<void> {
  const { grantId, sessionUid } = token
  if (grantId) await cameAlong(unit, artifactHash('Grant', grantId), found.grant_payload)
  if (typeof sessionUid !== 'string' || found.session_stands === null) return
  const uidHash = engineUidHash(sessionUid)
  await cameAlong(unit, uidHash, found.session_stands ? sessionAsFound(token, sessionUid) : null)
  await unit.live(uidHash, async () => found.session_stands === true)
}

async function cameAlong(unit: Unit, hash: Buffer, payload: unknown): Promise<void> {
  const row = payload === null ? undefined : asFound(hash, payload)
  await unit.once(hash, async () => row)
}

/** Where they work, and what the ID token says of them, in one go. Without both, nothing more has to be asked. */
interface Whose extends Pick<FoundUse, 'org_id' | 'is_active'> {
  /** As a statement that is committed has read and judged it, at that moment. */
  readonly seat?: string | null
  readonly at?: Date
}
async function lookAhead(unit: Unit, payload: AdapterPayload, found: Whose, deps: RefreshTokensDeps): Promise<void> {
  const { accountId } = payload
  if (accountId === undefined || !userId.is(accountId)) return
  if (found.org_id !== null) {
    unit.organisation = orgId.fromUuid(found.org_id)
    unit.holder = accountId
  }
  if (found.is_active) unit.active = accountId
  await Promise.all([
    asksForIdToken(unit, payload) && deps.expectAccount(accountId),
    takeSeat(unit, accountId, found, deps),
  ])
}

async function takeSeat(
  unit: Unit,
  member: Id<'usr'>,
  { seat, at }: Whose,
  { organisations }: RefreshTokensDeps,
): Promise<void> {
  const { organisation } = unit
  if (organisation === undefined || isSwitch(unit)) return
  if (at) unit.seat = { organisation, member, seat: organisations.seatFrom(seat ?? null, organisation, member), at }
  else unit.seat = { organisation, member, seat: await organisations.seatOf(await unit.writer(), organisation, member) }
}
