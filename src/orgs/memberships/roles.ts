import { type Asked, answerIn } from '../../db/asked.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { OrgId } from '../org.ts'
import { type Acting, type Authority, type Role, within } from '../ports.ts'
import { keysOf } from './join.ts'
import { leavesNobody } from './keepers.ts'
import { tellingMembers } from './letter.ts'
import type { MemberId, Membership } from './membership.ts'
import { notingRefusals } from './refused.ts'
import type { MembershipsDeps } from './service.ts'
import { findMembership, giveRoles, takeRoles } from './store.ts'

export type RolesRefusal =
  | 'not-found'
  | 'no-member'
  | 'forbidden'
  | 'beyond-authority'
  | 'last-keeper'
  | { readonly reason: 'roles-unknown'; readonly unknown: readonly string[] }

const without = (roles: readonly Role[], others: readonly Role[]): Role[] =>
  roles.filter(({ id }) => !others.some((other) => other.id === id))

/**
 * Exactly these from now on. Whoever gives or takes a role must be able to give it, whoever acts on somebody must be able to
 * give all that they have: nobody makes themselves, or a friend, what they are not.
 */
export function setMemberRoles<By extends Acting>(deps: MembershipsDeps<By>) {
  const change = changeRoles(deps)
  const noting = notingRefusals(deps)
  return (
    by: By,
    asked: Asked<Authority>,
    org: OrgId,
    member: MemberId,
    keys: readonly string[],
  ): Promise<Result<Membership, RolesRefusal>> =>
    noting(by, org, { member, roles: keys }, change(by, asked, org, member, keys))
}

function changeRoles<By extends Acting>(deps: MembershipsDeps<By>) {
  const { db, people, roles, clock, record, revoked } = deps
  const tell = tellingMembers(deps)
  return (by: By, asked: Asked<Authority>, org: OrgId, member: MemberId, keys: readonly string[]) =>
    changing<Membership, RolesRefusal>(db, org, async (tx, organisation) => {
      const authority = await answerIn(tx, asked)
      if (!authority.allows('roles.assign')) return fail('forbidden')
      const membership = await findMembership(tx, org, member)
      if (!membership) return fail('no-member')
      const named = await roles.rolesNamed(tx, organisation.template, keys)
      if (!named.ok) return fail({ reason: 'roles-unknown', unknown: named.error.unknown })
      const before = await roles.rolesFor(tx, membership.roles)
      const [given, taken] = [without(named.value, before), without(before, named.value)]
      if (!authority.mayActOn(before) || !authority.mayGive([...given, ...taken])) return fail('beyond-authority')
      if (given.length === 0 && taken.length === 0) return ok(membership)
      if (await leavesNobody(tx, people, membership, taken)) return fail('last-keeper')
      const idsOf = (of: readonly Role[]) => of.map(({ id }) => id)
      await takeRoles(tx, org, member, idsOf(taken))
      await giveRoles(tx, org, member, idsOf(given), clock.now())
      await record(tx, within(by, org), {
        action: 'membership.roles_changed',
        target: member,
        before: { public: { roles: keysOf(before) } },
        after: { public: { roles: keysOf(named.value) } },
      })
      await tell(tx, by, membership, 'roles', named.value)
      await revoked(tx, { organisation: org, member, reason: 'roles-changed' })
      return ok({ ...membership, roles: idsOf(named.value) })
    })
}
