import type { OrgTx } from '../../db/transaction.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { OrgId } from '../org.ts'
import type { RecordOrgEvent, Role } from '../ports.ts'
import type { MemberId, Membership } from './membership.ts'
import { giveRoles, insertMembership } from './store.ts'

/** `by` stands in the organisation's scope already. Whoever was removed begins anew. */
export type JoinMember<By> = (
  tx: OrgTx,
  by: By,
  organisation: OrgId,
  member: MemberId,
  roles: readonly Role[],
) => Promise<Result<Membership, 'already'>>

interface JoinDeps<By> {
  readonly clock: Clock
  readonly record: RecordOrgEvent<By>
}

export const joinMember =
  <By>({ clock, record }: JoinDeps<By>): JoinMember<By> =>
  async (tx, by, organisation, member, roles) => {
    const joinedAt = clock.now()
    if (!(await insertMembership(tx, organisation, member, joinedAt))) return fail('already')
    const ids = roles.map(({ id }) => id)
    await giveRoles(tx, organisation, member, ids, joinedAt)
    await record(tx, by, {
      action: 'membership.created',
      target: member,
      after: { public: { status: 'active', roles: keysOf(roles) } },
    })
    return ok({ organisation, member, status: 'active', roles: ids, joinedAt })
  }

export const keysOf = (roles: readonly Role[]): string[] => roles.map(({ key }) => key).sort()
