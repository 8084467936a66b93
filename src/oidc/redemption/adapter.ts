import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Lifetimes } from '../../config/lifetimes.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { artifactHash, engineUidHash, fromStored } from '../artifacts/artifact.ts'
import { asFound, sessionAsFound } from '../artifacts/as-found.ts'
import type { Organisations, Person } from '../ports.ts'
import type { Unit } from '../unit/unit.ts'
import { currentUnit } from '../unit/units.ts'
import { type Redeemed, redeemCode } from './store.ts'

interface CodesDeps {
  readonly lifetimes: Lifetimes
  readonly organisations: Pick<Organisations, 'seatOf'>
  /** Whose a code is, asked beside the code. */
  readonly findHolder: (db: Db, code: { readonly idHash: Buffer }) => Promise<Holder | undefined>
  readonly clock: Clock
}

type Holder = Person & { readonly id: Id<'usr'> }

const userId = defineId('usr')
const orgId = defineId('org')

/**
 * What is different about codes: at the token endpoint the look-up is the redemption. It brings along what the engine asks for next,
 * and a refused request, which is rolled back, has used nothing up. Who meets another redemption of the same grant goes the usual
 * way, which looks first and waits when it uses the code up.
 */
export const ofCodes =
  (deps: CodesDeps) =>
  (usual: Adapter): Adapter => ({
    ...usual,
    find: async (id) => {
      const unit = currentUnit()
      return isRedeemed(unit, id) ? redeemed(unit, id, usual, deps) : usual.find(id)
    },
    // The look-up was it.
    consume: async (id) => (currentUnit().redemption?.code === id ? undefined : usual.consume(id)),
  })

/** By this very request, now. */
function isRedeemed({ engine, redemption }: Unit, code: string): boolean {
  const { route, params, client } = engine?.oidc ?? {}
  const isIt = route === 'token' && params?.['grant_type'] === 'authorization_code' && params['code'] === code
  return isIt && client !== undefined && redemption === undefined
}

async function redeemed(unit: Unit, id: string, usual: Adapter, deps: CodesDeps): Promise<AdapterPayload | undefined> {
  const { lifetimes, findHolder, clock } = deps
  const idHash = artifactHash('AuthorizationCode', id)
  const at = clock.now()
  const before = (ms: number) => new Date(at.getTime() - ms)
  const young = { seenAfter: before(lifetimes.session.idle), bornAfter: before(lifetimes.session.absolute) }
  const tx = await unit.writer()
  const [found, holder] = await Promise.all([
    redeemCode(tx, { code: idHash, at, ...young }),
    findHolder(tx, { idHash }),
  ])
  if (!found || found.use === 'elsewhere') {
    await unit.giveBack()
    return found && usual.find(id)
  }
  unit.redemption = { code: id, keptUntil: found.grant_expires_at }
  const payload = fromStored(id, { payload: found.payload, sealed: undefined }, found.consumed_at)
  await keepWhatCameAlong(unit, payload, found)
  const { accountId } = payload
  if (accountId === undefined || !userId.is(accountId)) return payload
  if (holder?.id === accountId) await unit.person(accountId, async () => holder)
  if (found.org_id !== null) {
    const organisation = orgId.fromUuid(found.org_id)
    unit.organisation = organisation
    unit.holder = accountId
    const seat =
      found.use === 'first' ? { seat: await deps.organisations.seatOf(tx, organisation, accountId) } : undefined
    unit.seat = seat && { organisation, member: accountId, ...seat }
  }
  return payload
}

/** The grant and the session, for which the engine asks next. */
async function keepWhatCameAlong(unit: Unit, code: AdapterPayload, found: Redeemed): Promise<void> {
  await unit.once(found.grant_hash, async () => asFound(found.grant_hash, found.grant_payload))
  const { sessionUid } = code
  if (typeof sessionUid !== 'string' || found.session_stands === null) return
  const uidHash = engineUidHash(sessionUid)
  const stands = found.session_stands
  await unit.once(uidHash, async () => (stands ? asFound(uidHash, sessionAsFound(code, sessionUid)) : undefined))
  await unit.live(uidHash, async () => stands)
}
