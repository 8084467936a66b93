import { can } from '../../access/can.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import type { Api } from '../apis/api.ts'
import type { StillMeetsRules } from '../behind/refresh-introspection.ts'
import type { Client } from '../clients/client.ts'
import type { Known } from '../known.ts'
import type { Member } from '../ports.ts'
import { rulesOfClient } from '../strength/rules.ts'
import type { JudgeStrength, SignedIn } from '../strength/strength.ts'
import { audienceOf, narrowed, permittedAt, scopesIn, within } from './claims.ts'
import type { Seated, TakeSeat } from './seating.ts'

const userId = defineId('usr')

/** What a token says that changes without it. */
export interface ChangingClaims {
  readonly aud: string
  readonly org_id?: Id<'org'> | undefined
  readonly auth_time?: number | undefined
  readonly acr?: string | undefined
  readonly amr?: readonly string[] | undefined
  readonly sid?: Id<'ses'> | undefined
  readonly scope?: string | undefined
  /** Absent from a token that goes as far as a person agreed, and no further. */
  readonly roles?: readonly string[] | undefined
  readonly permissions?: readonly string[] | undefined
  readonly act?: unknown
}

interface LookDeps {
  readonly db: Db
  readonly takeSeat: TakeSeat
  readonly judgeStrength: JudgeStrength
  readonly clock: Clock
}

/** Where a token is looked at and nothing is issued. Undefined: what it is for is not its bearer's any more. */
interface Look {
  readonly organisation: Id<'org'> | undefined
  readonly member: Member
  readonly signedIn: SignedIn | undefined
  readonly client: Client
}

/** From where it is used we do not see: addresses were judged when it was issued. */
async function stands(
  { db, takeSeat, judgeStrength, clock }: LookDeps,
  { organisation, member, signedIn, client }: Look,
): Promise<{ readonly seated?: Seated } | undefined> {
  const rules = rulesOfClient(client)
  const moment = 'look'
  if (organisation === undefined)
    return signedIn && (await judgeStrength(db, { signedIn, rules, moment })) ? undefined : {}
  const acting = { now: clock.now(), signedIn, ip: undefined, addressJudged: true, rules, moment } as const
  const seated = await inTransaction(db, (tx) => takeSeat(tx, organisation, member, acting))
  return seated.ok ? { seated: seated.value } : undefined
}

/** Of a refresh token that somebody asks about: what a use of it would be told. */
export const stillMeetingRules =
  (deps: LookDeps): StillMeetsRules =>
  async (client, signedIn, organisation) =>
    (await stands(deps, { organisation, member: signedIn.user, signedIn, client })) !== undefined

interface CurrentDeps extends LookDeps {
  readonly apis: Known<Api>
}

export type CurrentClaims = <C extends ChangingClaims>(
  claims: C,
  member: Member,
  client: Client,
) => Promise<C | undefined>

/**
 * A token as it would be issued now, and never for more than it was issued for. Undefined once its bearer may not act for
 * the organisation any more.
 */
export const currentClaims =
  ({ apis, ...deps }: CurrentDeps): CurrentClaims =>
  async (claims, member, client) => {
    const { org_id: organisation, aud, scope, permissions, act } = claims
    const standing = await stands(deps, { organisation, member, signedIn: signedInAs(claims, member), client })
    if (!standing?.seated) return standing && claims
    const { roles } = standing.seated
    const consented = isByConsent(claims, member, client) ? scopesIn(scope) : undefined
    const now = { ...claims, roles: consented ? undefined : roles.map(({ key }) => key).sort() }
    const api = await apis.find(aud)
    if (!api) return now
    // Its tokens do not say it: it asks here.
    const said = permissions ?? (api.carriesPermissions ? [] : permittedAt(roles, audienceOf(api, client)))
    // What the first token had is known by its scopes alone then: the roles may give more, and it was not shown for that.
    const most = consented ?? (act !== undefined && permissions === undefined ? scopesIn(scope) : undefined)
    const still = within(said, most).filter((permission) => can(roles, permission, api.id))
    return { ...now, permissions: still, ...(api.byRole && { scope: narrowed(scope, still) }) }
  }

/** As it was issued; and of one from before the application stopped being ours, as it would be issued now. */
const isByConsent = ({ roles, act }: ChangingClaims, member: Member, { firstParty }: Client): boolean =>
  roles === undefined || (userId.is(member) && act === undefined && !firstParty)

/** Nobody, where a program speaks for itself. */
function signedInAs({ auth_time, acr = '', amr = [], sid }: ChangingClaims, user: Member): SignedIn | undefined {
  if (auth_time === undefined || !userId.is(user)) return undefined
  return { user, session: sid, at: new Date(auth_time * 1000), acr, amr }
}
