import { type EngineContext, errors, type Token } from 'oidc-provider'
import { enterOrganisation } from '../../db/transaction.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import type { Api } from '../apis/api.ts'
import type { Client } from '../clients/client.ts'
import { recordOf } from '../engine/engine-clients.ts'
import type { Known } from '../known.ts'
import type { Member, Organisations, Quotas } from '../ports.ts'
import { signedInOf, sourceOf, tooWeak } from '../strength/of-token.ts'
import { rulesOfClient } from '../strength/rules.ts'
import type { Unit } from '../unit/unit.ts'
import { currentUnit } from '../unit/units.ts'
import { audienceOf, narrowed, type OrganisationClaims, organisationClaims } from './claims.ts'
import { consentedTo } from './consented.ts'
import { assertFits } from './fits.ts'
import { memberOf } from './member.ts'
import { tokenRefusal } from './refusal.ts'
import { type JudgeSeat, type Place, type Seated, scopedBySeat, type TakeSeat } from './seating.ts'
import { switchedTo, type TellOfSwitch } from './switch.ts'

interface OfTokenDeps {
  readonly issuer: string
  readonly organisations: Organisations
  readonly takeSeat: TakeSeat
  readonly judgeSeat: JudgeSeat
  readonly assertStrongEnough: (ctx: EngineContext, client: Client) => Promise<void>
  readonly apis: Known<Api>
  readonly quotas: Pick<Quotas, 'carried'>
  readonly tellOfSwitch: TellOfSwitch
  /** Bytes of JSON. */
  readonly largestClaims: number
  readonly clock: Clock
}

/**
 * What a token says of an organisation, judged at the moment in which it is issued. Whatever is refused here refuses the
 * whole request, and with it everything that the request had written.
 */
export const organisationOfToken =
  (deps: OfTokenDeps) =>
  async (ctx: EngineContext, token: Token): Promise<OrganisationClaims | undefined> => {
    const { client } = ctx.oidc
    if (!client) return undefined
    const record = recordOf(client)
    const api = await apiOf(deps, token)
    const seated = await seatedFor(deps, ctx, token, record)
    if (!seated) {
      await deps.assertStrongEnough(ctx, record)
      // A program that is no service account has what is registered for it; a person without roles has nothing of theirs.
      if (api?.byRole && token.accountId !== undefined) token.scope = narrowed(token.scope, [])
      return undefined
    }
    const audience = api && audienceOf(api, record)
    const { quota } = seated.seat.organisation
    const carried = deps.quotas.carried(quota === null ? {} : { organisation: quota }, 'organisation')
    const claims = organisationClaims(seated, audience, carried, consentedTo(token, record))
    if (api?.byRole) token.scope = narrowed(token.scope, claims.permissions ?? [])
    const { permissions: _, ...withoutPermissions } = claims
    assertFits(api?.carriesPermissions === false ? withoutPermissions : claims, deps.largestClaims)
    currentUnit().chosen = { org_id: claims.org_id, org: claims.org }
    return claims
  }

async function seatedFor(
  deps: OfTokenDeps,
  ctx: EngineContext,
  token: Token,
  client: Client,
): Promise<Seated | undefined> {
  const asked = switchedTo(ctx)
  const member = memberOf(token, client)
  const hearsOfNone = token.accountId !== undefined && client.organisations === 'off'
  if (asked !== undefined && (!member || hearsOfNone)) throw new errors.InvalidTarget(ASKS_FOR_NONE)
  if (!member) return undefined
  const unit = currentUnit()
  if (asked === undefined && unit.organisation === undefined && token.accountId !== undefined) return undefined
  const organisation =
    asked === undefined
      ? (unit.organisation ?? (await onlyOne(deps, unit, member)))
      : await deps.organisations.named(await unit.writer(), member, asked)
  if (organisation === undefined) throw tokenRefusal({ kind: 'no-member' })
  const source = sourceOf(ctx)
  const read = unit.seat?.organisation === organisation && unit.seat.member === member ? unit.seat : undefined
  const acting = {
    // What was judged as of a moment is not another a millisecond later.
    now: read?.at ?? deps.clock.now(),
    signedIn: source && signedInOf(source),
    ip: unit.exchange.clientIp,
    rules: rulesOfClient(client),
    moment: 'issue',
  } as const
  const seated = read
    ? await deps.judgeSeat(await placeOf(unit, read), member, read.seat, acting)
    : await deps.takeSeat(await unit.writer(), organisation, member, acting)
  if (!seated.ok) {
    const { error: why } = seated
    // Nothing that the application could ask this refresh token for would be better.
    if (asked === undefined && why.kind === 'sign-in-again' && why.maxAge === undefined && why.acr !== undefined)
      throw tooWeak(why.acr)
    // The organisation of the code or refresh token itself is gone for this person: the application begins anew.
    if (asked === undefined && why.kind === 'no-member' && token.accountId !== undefined)
      throw new errors.InvalidGrant('the account is active in this organization no longer')
    throw tokenRefusal(why)
  }
  if (asked !== undefined && organisation !== unit.organisation && token.accountId !== undefined)
    deps.tellOfSwitch(unit, {
      member,
      session: acting.signedIn?.session,
      to: organisation,
      client: client.id,
    })
  return seated.value
}

/** Where a statement that is committed has read the seat, nothing is begun as long as nothing is missing. */
const placeOf = async (unit: Unit, { organisation, at }: NonNullable<Unit['seat']>): Promise<Place> =>
  at === undefined
    ? scopedBySeat(await unit.writer())
    : { db: await unit.reader(), scope: async () => enterOrganisation(await unit.writer(), organisation) }

const ASKS_FOR_NONE = 'this application works for no organization'

/**
 * A service account that works for one organisation alone means that one. For none it gets nothing: it must never be taken
 * for a program that speaks for itself, whose scopes no role limits.
 */
async function onlyOne({ organisations }: OfTokenDeps, unit: Unit, member: Member): Promise<Id<'org'> | undefined> {
  const [only, ...more] = await organisations.toChoose(await unit.writer(), member)
  if (more.length > 0)
    throw new errors.InvalidTarget('the program works for several organizations: name one by `organization`')
  return only?.id
}

/** A token for nobody's API is for ourselves: looked up, that would be a statement for each, since what is not there is not remembered. */
async function apiOf({ apis, issuer }: OfTokenDeps, { resourceServer }: Token): Promise<Api | undefined> {
  const audience = resourceServer?.audience
  return audience === undefined || audience === issuer ? undefined : apis.find(audience)
}
