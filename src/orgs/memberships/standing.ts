import type { OrgTx } from '../../db/transaction.ts'
import type { Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { OrgId } from '../org.ts'
import { type Acting, type Authority, type Role, within } from '../ports.ts'
import { keysOf } from './join.ts'
import { leavesNobody } from './keepers.ts'
import type { MemberId, Membership, MembershipStatus } from './membership.ts'
import type { MembershipsDeps } from './service.ts'
import { changeMembershipStatus, findMembership, takeRoles } from './store.ts'

export type StandingRefusal = 'not-found' | 'no-member' | 'forbidden' | 'beyond-authority' | 'last-keeper' | 'already'

const actions = {
  active: 'membership.readmitted',
  suspended: 'membership.suspended',
  removed: 'membership.removed',
} as const

/** Whether whoever asks may do this to somebody with these roles. */
type Judge = (theirs: readonly Role[]) => StandingRefusal | undefined

export function standings<By extends Acting>({ db, roles, clock, record, revoked }: MembershipsDeps<By>) {
  const change = (by: By, org: OrgId, member: MemberId, to: MembershipStatus, judge: Judge) =>
    changing(db, org, async (tx): Promise<Result<Membership, StandingRefusal>> => {
      const before = await findMembership(tx, org, member)
      if (!before) return fail('no-member')
      const theirs = await roles.rolesFor(tx, before.roles)
      const refusal = judge(theirs)
      if (refusal) return fail(refusal)
      if (before.status === to) return fail('already')
      if (to !== 'active' && (await leavesNobody(tx, before, theirs))) return fail('last-keeper')
      await write(tx, before, to)
      await record(tx, within(by, org), {
        action: actions[to],
        target: member,
        before: { public: { status: before.status, roles: keysOf(theirs) } },
        after: { public: { status: to, roles: to === 'removed' ? [] : keysOf(theirs) } },
      })
      if (to !== 'active') await revoked(tx, { organisation: org, member, reason: `membership-${to}` })
      return ok({ ...before, status: to })
    })

  /** Whoever comes back after a removal comes with new roles: the old ones go with the membership. */
  async function write(tx: OrgTx, { organisation, member, roles: held }: Membership, to: MembershipStatus) {
    if (to === 'removed') await takeRoles(tx, organisation, member, held)
    await changeMembershipStatus(tx, organisation, member, to, clock.now())
  }

  const by =
    (authority: Authority, permission: 'members.suspend' | 'members.remove'): Judge =>
    (theirs) => {
      if (!authority.allows(permission)) return 'forbidden'
      return authority.mayActOn(theirs) ? undefined : 'beyond-authority'
    }

  return {
    suspend: (actor: By, authority: Authority, org: OrgId, member: MemberId) =>
      change(actor, org, member, 'suspended', by(authority, 'members.suspend')),
    readmit: (actor: By, authority: Authority, org: OrgId, member: MemberId) =>
      change(actor, org, member, 'active', by(authority, 'members.suspend')),
    remove: (actor: By, authority: Authority, org: OrgId, member: MemberId) =>
      change(actor, org, member, 'removed', by(authority, 'members.remove')),
    leave: (actor: By, org: OrgId, person: Id<'usr'>) => change(actor, org, person, 'removed', () => undefined),
  }
}
