import type { OrgTx } from '../../db/transaction.ts'
import type { People, Role } from '../ports.ts'
import { kindOf } from './member-id.ts'
import type { Membership } from './membership.ts'
import { anotherBears } from './store.ts'

/**
 * Whether an organisation would be left without anybody in a role that it must keep. Asked while the organisation is held:
 * of two owners who remove each other, the second asks when the first is gone.
 */
export async function leavesNobody(
  tx: OrgTx,
  people: Pick<People, 'isActive'>,
  member: Membership,
  lost: readonly Role[],
): Promise<boolean> {
  // Whoever does not keep it now takes nothing away.
  if (member.status !== 'active' || kindOf(member.member) !== 'person') return false
  const { organisation: org, member: who } = member
  for (const { id, kept } of lost)
    if (kept && !(await anotherBears(tx, people, { org, role: id, member: who }))) return true
  return false
}
