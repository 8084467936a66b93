import type { Role } from '../../access/role.ts'
import type { OrgTx } from '../../db/transaction.ts'
import type { Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Seat } from '../../orgs/memberships/membership.ts'
import { judge, type PolicyVerdict, type Standing } from '../../orgs/policy/judge.ts'
import type { Member, Organisations, Programs, Roles } from '../ports.ts'

const serviceAccountId = defineId('sva')

export interface Seated {
  readonly seat: Seat
  readonly roles: readonly Role[]
}

export type SeatRefusal = { readonly kind: 'no-member' } | Exclude<PolicyVerdict, { kind: 'met' }>

/** Whether somebody may act for an organisation at this moment, and as what: asked wherever a token for it is issued or counted. */
export type TakeSeat = (
  tx: Tx,
  organisation: Id<'org'>,
  member: Member,
  standing: Standing,
  /** Where it was read before, in this very transaction, whose scope is still that of the organisation. */
  read?: { readonly seat: Seat | undefined },
) => Promise<Result<Seated, SeatRefusal>>

interface SeatingDeps {
  readonly organisations: Pick<Organisations, 'seatOf'>
  readonly access: Roles
  readonly programs: Programs
}

export const seating =
  ({ organisations, access, programs }: SeatingDeps): TakeSeat =>
  async (tx, organisation, member, standing, read) => {
    const { seat } = read ?? { seat: await organisations.seatOf(tx, organisation, member) }
    if (seat?.status !== 'active' || seat.organisation.status !== 'active') return fail({ kind: 'no-member' })
    if (serviceAccountId.is(member) && !(await programs.isActive(tx, member))) return fail({ kind: 'no-member' })
    const verdict = judge(seat.organisation.policy, standing)
    if (verdict.kind !== 'met') return fail(verdict)
    // Whoever read the seat has entered the scope.
    const roles = seat.roles.length > 0 ? await access.rolesFor(tx as OrgTx, seat.roles) : []
    const usable = standing.signedIn ? roles.filter(({ apiOnly }) => !apiOnly) : roles
    // Made for programs: whoever has nothing else does not sign in as one.
    return usable.length === 0 && roles.length > 0 ? fail({ kind: 'no-member' }) : ok({ seat, roles: usable })
  }
