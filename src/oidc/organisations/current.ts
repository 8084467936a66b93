import { can } from '../../access/can.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import type { Api } from '../apis/api.ts'
import type { Client } from '../clients/client.ts'
import type { Known } from '../known.ts'
import type { Member } from '../ports.ts'
import { rulesOfClient } from '../strength/rules.ts'
import type { JudgeStrength, SignedIn } from '../strength/strength.ts'
import { narrowed } from './claims.ts'
import type { TakeSeat } from './seating.ts'

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
  readonly permissions?: readonly string[] | undefined
}

interface CurrentDeps {
  readonly db: Db
  readonly takeSeat: TakeSeat
  readonly judgeStrength: JudgeStrength
  readonly apis: Known<Api>
  readonly clock: Clock
}

export type CurrentClaims = <C extends ChangingClaims>(
  claims: C,
  member: Member,
  client: Client,
) => Promise<C | undefined>

/**
 * A token as it would be issued now, and never for more than it was issued for. Undefined once its bearer may not act for
 * the organisation any more. From where it is used we do not see: addresses were judged when it was issued.
 */
export const currentClaims =
  ({ db, takeSeat, judgeStrength, apis, clock }: CurrentDeps): CurrentClaims =>
  async (claims, member, client) => {
    const { org_id, aud, scope, permissions } = claims
    const signedIn = signedInAs(claims, member)
    const rules = rulesOfClient(client)
    if (org_id === undefined)
      return signedIn && (await judgeStrength(db, { signedIn, rules, moment: 'look' })) ? undefined : claims
    const acting = { now: clock.now(), signedIn, ip: undefined, addressJudged: true, rules, moment: 'look' } as const
    const seated = await inTransaction(db, (tx) => takeSeat(tx, org_id, member, acting))
    if (!seated.ok) return undefined
    const { roles } = seated.value
    const now = { ...claims, roles: roles.map(({ key }) => key).sort() }
    const api = await apis.find(aud)
    if (!api) return now
    const still = (permissions ?? []).filter((permission) => can(roles, permission, api.id))
    return { ...now, permissions: still, ...(api.byRole && { scope: narrowed(scope, still) }) }
  }

/** Nobody, where a program speaks for itself. */
function signedInAs({ auth_time, acr = '', amr = [], sid }: ChangingClaims, user: Member): SignedIn | undefined {
  if (auth_time === undefined || !userId.is(user)) return undefined
  return { user, session: sid, at: new Date(auth_time * 1000), acr, amr }
}
