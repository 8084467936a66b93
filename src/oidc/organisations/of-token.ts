import { type EngineContext, errors, type Token } from 'oidc-provider'
import type { Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import type { Api } from '../apis/api.ts'
import type { Client } from '../clients/client.ts'
import { recordOf } from '../engine/engine-clients.ts'
import type { Known } from '../known.ts'
import type { Member, Organisations, Quotas } from '../ports.ts'
import { currentUnit } from '../unit/units.ts'
import { type Audience, narrowed, type OrganisationClaims, organisationClaims } from './claims.ts'
import { memberOf } from './member.ts'
import { tokenRefusal } from './refusal.ts'
import type { Seated, TakeSeat } from './seating.ts'
import { switchedTo, type TellOfSwitch } from './switch.ts'

export interface OfTokenDeps {
  readonly organisations: Organisations
  readonly takeSeat: TakeSeat
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
    const api = await apiOf(deps.apis, token)
    const seated = await seatedFor(deps, ctx, token, record)
    if (!seated) {
      // A program without a service account has what is registered for it; a person without roles has nothing of theirs.
      if (api?.byRole && token.accountId !== undefined) token.scope = narrowed(token.scope, [])
      return undefined
    }
    const audience = api && audienceOf(api, record)
    const { quota } = seated.seat.organisation
    const carried = deps.quotas.carried(quota === null ? {} : { organisation: quota }, 'organisation')
    const claims = organisationClaims(seated, audience, carried)
    if (api?.byRole) token.scope = narrowed(token.scope, claims.permissions ?? [])
    assertFits(claims, deps.largestClaims)
    currentUnit().chosen = { org_id: claims.org_id, org: claims.org }
    return claims
  }

async function seatedFor(
  deps: OfTokenDeps,
  ctx: EngineContext,
  token: Token,
  client: Client,
): Promise<Seated | undefined> {
  const member = memberOf(token, client)
  if (!member) return undefined
  const unit = currentUnit()
  const asked = switchedTo(ctx)
  if (asked === undefined && unit.organisation === undefined && token.accountId !== undefined) return undefined
  const tx = await unit.writer()
  const organisation =
    asked === undefined
      ? (unit.organisation ?? (await onlyOne(deps, tx, member)))
      : await deps.organisations.named(tx, member, asked)
  if (organisation === undefined && asked !== undefined) throw tokenRefusal({ kind: 'no-member' })
  if (organisation === undefined) return undefined
  const seated = await deps.takeSeat(tx, organisation, member, {
    now: deps.clock.now(),
    signedIn: signInOf(ctx),
    ip: unit.exchange.clientIp,
  })
  if (!seated.ok) {
    // The organisation of the code or refresh token itself is gone for this person: the application begins anew.
    if (asked === undefined && seated.error.kind === 'no-member')
      throw new errors.InvalidGrant('the account is active in this organization no longer')
    throw tokenRefusal(seated.error)
  }
  if (asked !== undefined && organisation !== unit.organisation && token.accountId !== undefined)
    deps.tellOfSwitch(unit, { member, from: unit.organisation, to: organisation, client: client.id })
  return seated.value
}

/** A program that works for one organisation alone means that one. */
async function onlyOne({ organisations }: OfTokenDeps, tx: Tx, member: Member): Promise<Id<'org'> | undefined> {
  const [only, ...more] = await organisations.toChoose(tx, member)
  return more.length === 0 ? only?.id : undefined
}

function signInOf({ oidc }: EngineContext) {
  const source = oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode
  return source && { at: new Date((source.authTime ?? 0) * 1000), acr: source.acr ?? '', amr: source.amr ?? [] }
}

async function apiOf(apis: Known<Api>, { resourceServer }: Token): Promise<Api | undefined> {
  return resourceServer?.audience === undefined ? undefined : apis.find(resourceServer.audience)
}

export const audienceOf = ({ id, audience }: Api, client: Client): Audience => ({
  api: id,
  allowed: client.apis.find((granted) => granted.audience === audience)?.scopes ?? null,
})

/** A token travels in a header, and proxies cut headers off at 8 KB: better an error that says the cure than a token that no service receives. */
function assertFits(claims: OrganisationClaims, largest: number): void {
  const bytes = Buffer.byteLength(JSON.stringify(claims))
  if (bytes > largest)
    throw new errors.InvalidTarget(
      `the roles and permissions make ${bytes} bytes, and ${largest} are allowed (tokens.largestClaims): ask for one API with fewer permissions, or give fewer roles`,
    )
}
