import type { Role } from '../../access/role.ts'
import type { OrgTx } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { demandOf, type Rule } from '../../factors/rule.ts'
import { rolesOfPeople, rulesInSeat } from '../../factors/seat-rules.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Seat } from '../../orgs/memberships/membership.ts'
import { judge, type PolicyVerdict, type Standing } from '../../orgs/policy/judge.ts'
import type { Member, Organisations, Programs, Roles } from '../ports.ts'
import type { JudgeStrength, Moment, SignedIn } from '../strength/strength.ts'

const serviceAccountId = defineId('sva')

export interface Seated {
  readonly seat: Seat
  readonly roles: readonly Role[]
}

export type SeatRefusal =
  | { readonly kind: 'no-member' }
  | Extract<PolicyVerdict, { kind: 'address-not-allowed' }>
  | {
      readonly kind: 'sign-in-again'
      /** Seconds. */
      readonly maxAge?: number
      readonly acr?: string
      /** What the organisation and the roles in it ask for. */
      readonly rules: readonly Rule[]
    }

/** Who acts, how they have signed in, and what is asked of them beside what the organisation asks. */
export interface Acting extends Standing {
  readonly signedIn: SignedIn | undefined
  readonly rules: readonly Rule[]
  readonly moment: Moment
}

/** Whether somebody may act for an organisation at this moment, and as what: asked wherever a token for it is issued or counted. */
export type TakeSeat = (
  tx: Tx,
  organisation: Id<'org'>,
  member: Member,
  acting: Acting,
) => Promise<Result<Seated, SeatRefusal>>

/** The same of a seat that was read before. */
export type JudgeSeat = (
  place: Place,
  member: Member,
  seat: Seat | undefined,
  acting: Acting,
) => Promise<Result<Seated, SeatRefusal>>

/** Where it is looked for what nobody remembers. */
export interface Place {
  readonly db: Db
  /** Of the organisation. */
  readonly scope: () => Promise<OrgTx>
}

/** Where the seat was read in this very transaction, whose scope is still that of the organisation. */
export const scopedBySeat = (tx: Tx): Place => ({ db: tx, scope: async () => tx as OrgTx })

interface TakingDeps {
  readonly organisations: Pick<Organisations, 'seatOf'>
  readonly judgeSeat: JudgeSeat
}

export const takingSeat =
  ({ organisations, judgeSeat }: TakingDeps): TakeSeat =>
  async (tx, organisation, member, acting) =>
    judgeSeat(scopedBySeat(tx), member, await organisations.seatOf(tx, organisation, member), acting)

interface JudgingDeps {
  readonly access: Roles
  readonly programs: Programs
  readonly judgeStrength: JudgeStrength
}

export const judgingSeat =
  ({ access, programs, judgeStrength }: JudgingDeps): JudgeSeat =>
  async ({ db, scope }, member, seat, acting) => {
    if (seat?.status !== 'active' || seat.organisation.status !== 'active') return fail({ kind: 'no-member' })
    if (serviceAccountId.is(member) && !(await programs.isActive(await scope(), member)))
      return fail({ kind: 'no-member' })
    const { policy } = seat.organisation
    const { signedIn, moment } = acting
    const verdict = judge(policy, acting)
    if (verdict.kind === 'address-not-allowed') return fail(verdict)
    const roles = seat.roles.length > 0 ? await access.rolesFor(scope, seat.roles) : []
    const usable = signedIn ? rolesOfPeople(roles) : roles
    // Made for programs: whoever has nothing else does not sign in as one.
    if (usable.length === 0 && roles.length > 0) return fail({ kind: 'no-member' })
    if (!signedIn) return ok({ seat, roles: usable })
    const own = rulesInSeat(policy, usable)
    const rules = [...acting.rules, ...own]
    if (verdict.kind === 'sign-in-again') return fail({ ...verdict, ...acrOf(rules), rules: own })
    const short = await judgeStrength(db, { signedIn, rules, moment })
    return short ? fail({ kind: 'sign-in-again', acr: short.acr, rules: own }) : ok({ seat, roles: usable })
  }

/** Of the sign-in that is asked for anyway: it may as well be strong enough. */
function acrOf(rules: readonly Rule[]): { readonly acr?: string } {
  const { level } = demandOf(rules)
  return level === 'aal1' ? {} : { acr: level }
}
