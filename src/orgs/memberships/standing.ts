import { type Asked, answerIn } from '../../db/asked.ts'
import type { OrgTx } from '../../db/transaction.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { OrgId } from '../org.ts'
import { type Acting, type Authority, type Role, within } from '../ports.ts'
import { deleteChoicesOf } from '../seats/store.ts'
import { keysOf } from './join.ts'
import { leavesNobody } from './keepers.ts'
import { tellingMembers } from './letter.ts'
import type { MemberId, Membership, MembershipStatus } from './membership.ts'
import type { MembershipsDeps } from './service.ts'
import { changeMembershipStatus, findMembership, takeRoles } from './store.ts'

const userId = defineId('usr')

export type StandingRefusal = 'not-found' | 'no-member' | 'forbidden' | 'beyond-authority' | 'last-keeper' | 'already'

const actions = {
  active: 'membership.readmitted',
  suspended: 'membership.suspended',
  removed: 'membership.removed',
} as const

/** Whether whoever asks may do this to somebody with these roles. */
type Judge = (tx: OrgTx, theirs: readonly Role[]) => Promise<StandingRefusal | undefined>

interface Change {
  readonly org: OrgId
  readonly member: MemberId
  readonly to: MembershipStatus
  readonly judge: Judge
}

export function standings<By extends Acting>(deps: MembershipsDeps<By>) {
  const { db, people, roles, clock, record, revoked } = deps
  const tell = tellingMembers(deps)

  const change = (by: By, org: OrgId, member: MemberId, to: MembershipStatus, judge: Judge) =>
    changing(db, org, (tx) => changeIn(tx, by, { org, member, to, judge }))

  async function changeIn(
    tx: OrgTx,
    by: By,
    { org, member, to, judge }: Change,
  ): Promise<Result<Membership, StandingRefusal>> {
    const before = await findMembership(tx, org, member)
    if (!before) return fail('no-member')
    const theirs = await roles.rolesFor(tx, before.roles)
    const refusal = await judge(tx, theirs)
    if (refusal) return fail(refusal)
    if (before.status === to) return fail('already')
    if (to !== 'active' && (await leavesNobody(tx, people, before, theirs))) return fail('last-keeper')
    await write(tx, before, to)
    await record(tx, within(by, org), {
      action: actions[to],
      target: member,
      // What somebody comes back to is said, though it waited for them unchanged: what is the same on both sides is left out.
      before: { public: { status: before.status, ...(to !== 'active' && { roles: keysOf(theirs) }) } },
      after: { public: { status: to, roles: to === 'removed' ? [] : keysOf(theirs) } },
    })
    await tell(tx, by, before, to === 'active' ? 'readmitted' : to, theirs)
    if (to !== 'active') await revoked(tx, { organisation: org, member, reason: `membership-${to}` })
    return ok({ ...before, status: to })
  }

  /** Whoever comes back after a removal comes with new roles, and chooses anew: both go with the membership. */
  async function write(tx: OrgTx, { organisation, member, roles: held }: Membership, to: MembershipStatus) {
    if (to === 'removed') {
      await takeRoles(tx, organisation, member, held)
      if (userId.is(member)) await deleteChoicesOf(tx, organisation, member)
    }
    await changeMembershipStatus(tx, organisation, member, to, clock.now())
  }

  const by =
    (asked: Asked<Authority>, permission: 'members.suspend' | 'members.remove'): Judge =>
    async (tx, theirs) => {
      const authority = await answerIn(tx, asked)
      if (!authority.allows(permission)) return 'forbidden'
      return authority.mayActOn(theirs) ? undefined : 'beyond-authority'
    }

  return {
    suspend: (actor: By, authority: Asked<Authority>, org: OrgId, member: MemberId) =>
      change(actor, org, member, 'suspended', by(authority, 'members.suspend')),
    readmit: (actor: By, authority: Asked<Authority>, org: OrgId, member: MemberId) =>
      change(actor, org, member, 'active', by(authority, 'members.suspend')),
    remove: (actor: By, authority: Asked<Authority>, org: OrgId, member: MemberId) =>
      change(actor, org, member, 'removed', by(authority, 'members.remove')),
    removeIn: (tx: OrgTx, actor: By, authority: Asked<Authority>, org: OrgId, member: MemberId) =>
      changeIn(tx, actor, { org, member, to: 'removed', judge: by(authority, 'members.remove') }),
    leave: (actor: By, org: OrgId, person: Id<'usr'>) => change(actor, org, person, 'removed', async () => undefined),
  }
}
