import { can } from '../../access/can.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import type { Api } from '../apis/api.ts'
import type { Known } from '../known.ts'
import type { Member } from '../ports.ts'
import { narrowed } from './claims.ts'
import type { TakeSeat } from './seating.ts'

/** What a token says that changes without it. */
export interface ChangingClaims {
  readonly aud: string
  readonly org_id?: Id<'org'> | undefined
  readonly auth_time?: number | undefined
  readonly scope?: string | undefined
  readonly permissions?: readonly string[] | undefined
}

interface CurrentDeps {
  readonly db: Db
  readonly takeSeat: TakeSeat
  readonly apis: Known<Api>
  readonly clock: Clock
}

export type CurrentClaims = <C extends ChangingClaims>(claims: C, member: Member) => Promise<C | undefined>

/**
 * A token as it would be issued now, and never for more than it was issued for. Undefined once its bearer may not act for
 * the organisation any more. From where it is used we do not see: addresses were judged when it was issued.
 */
export const currentClaims =
  ({ db, takeSeat, apis, clock }: CurrentDeps): CurrentClaims =>
  async (claims, member) => {
    const { org_id, auth_time, aud, scope, permissions } = claims
    if (org_id === undefined) return claims
    const signedIn = auth_time === undefined ? undefined : { at: new Date(auth_time * 1000), acr: '', amr: [] }
    const standing = { now: clock.now(), signedIn, ip: undefined, addressJudged: true } as const
    const seated = await inTransaction(db, (tx) => takeSeat(tx, org_id, member, standing))
    if (!seated.ok) return undefined
    const { roles } = seated.value
    const now = { ...claims, roles: roles.map(({ key }) => key).sort() }
    const api = await apis.find(aud)
    if (!api) return now
    const still = (permissions ?? []).filter((permission) => can(roles, permission, api.id))
    return { ...now, permissions: still, ...(api.byRole && { scope: narrowed(scope, still) }) }
  }
