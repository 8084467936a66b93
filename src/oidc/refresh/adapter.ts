import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Lifetimes } from '../../config/lifetimes.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { artifactHash, engineUidHash, fromStored } from '../artifacts/artifact.ts'
import type { FoundArtifact } from '../artifacts/store.ts'
import type { Client } from '../clients/client.ts'
import type { Organisations } from '../ports.ts'
import type { Unit } from '../unit/unit.ts'
import { currentUnit } from '../unit/units.ts'
import { begunOf } from './begun.ts'
import { Families } from './family.ts'
import { endOf, expiryOf, refreshSpan } from './lifetimes.ts'
import { asksForIdToken, isSwitch, refreshingClient } from './refreshing.ts'
import { isUsedAgain, type Rotation } from './rotation.ts'
import { type FoundUse, slideRefreshToken, useRefreshToken } from './store.ts'
import type { SuccessorOf } from './successor.ts'
import { judgeUse } from './use.ts'

export interface RefreshTokensDeps {
  readonly lifetimes: Lifetimes
  /** Milliseconds. */
  readonly retryWindow: number
  readonly successorOf: SuccessorOf
  readonly organisations: Pick<Organisations, 'seatOf'>
  /** Called with whom a token belongs to, before the engine asks for them. */
  readonly expectAccount: (accountId: string) => Promise<unknown>
  readonly clock: Clock
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
      if (rotation?.use === 'retry') return
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
  const { lifetimes, successorOf, clock } = deps
  const unit = currentUnit()
  const [token, successor] = [artifactHash('RefreshToken', id), successorOf(id)]
  const rotates = !isUsedAgain(client)
  const found = await families.use(unit, id, async () => {
    const at = clock.now()
    return useRefreshToken(await unit.writer(), {
      token,
      successor: artifactHash('RefreshToken', successor),
      at,
      rotates,
      ...leaseOf(lifetimes, client, at),
      ...bornAndSeen(lifetimes, at),
    })
  })
  if (!found) return undefined
  const at = clock.now()
  const use = rotates ? judged(found, at, deps.retryWindow) : found.first_used_at ? 'replay' : 'again'
  unit.rotation = { token: id, successor, use }
  const replayed = use === 'replay' ? found.first_used_at : null
  const payload = fromStored(id, { payload: found.payload, sealed: undefined }, replayed)
  await keepWhatCameAlong(unit, payload, found)
  const begun = begunOf(payload)
  const isOver = found.expires_at <= at || endOf(lifetimes, client, begun) <= at
  // By our clock, and by what is configured now. The engine goes by what stands in the token.
  if (isOver) return { ...payload, exp: 1 }
  if (use === 'again') unit.writeOne((db) => slideRefreshToken(db, token, expiryOf(lifetimes, client, begun, at)))
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
async function keepWhatCameAlong(unit: Unit, token: AdapterPayload, found: FoundUse): Promise<void> {
  const { grantId, sessionUid } = token
  if (grantId) await cameAlong(unit, artifactHash('Grant', grantId), found.grant_payload)
  if (typeof sessionUid !== 'string' || found.session_stands === null) return
  const uidHash = engineUidHash(sessionUid)
  await cameAlong(unit, uidHash, found.session_stands ? sessionAsFound(token, sessionUid) : null)
  await unit.live(uidHash, async () => found.session_stands === true)
}

/** What the engine compares with the token: the database has done so, and hands nothing else of the session out. */
const sessionAsFound = ({ accountId, clientId, grantId, exp }: AdapterPayload, uid: string) => ({
  jti: uid,
  uid,
  accountId,
  exp,
  ...(clientId !== undefined && { authorizations: { [clientId]: { grantId } } }),
})

async function cameAlong(unit: Unit, hash: Buffer, payload: unknown): Promise<void> {
  const row: FoundArtifact | undefined =
    payload === null ? undefined : { id_hash: hash, payload, sealed: null, consumed_at: null, org_id: null }
  await unit.once(hash, async () => row)
}

/** Where they work, and what the ID token says of them, in one go. Without both, nothing more has to be asked. */
async function lookAhead(unit: Unit, payload: AdapterPayload, found: FoundUse, deps: RefreshTokensDeps): Promise<void> {
  const { accountId } = payload
  if (accountId === undefined || !userId.is(accountId)) return
  if (found.org_id !== null) {
    unit.organisation = orgId.fromUuid(found.org_id)
    unit.holder = accountId
  }
  if (found.is_active) unit.active = accountId
  await Promise.all([asksForIdToken(unit, payload) && deps.expectAccount(accountId), takeSeat(unit, accountId, deps)])
}

async function takeSeat(unit: Unit, member: Id<'usr'>, { organisations }: RefreshTokensDeps): Promise<void> {
  const { organisation } = unit
  if (organisation === undefined || isSwitch(unit)) return
  unit.seat = { organisation, member, seat: await organisations.seatOf(await unit.writer(), organisation, member) }
}
