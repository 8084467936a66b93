import type { MemberId, Seat } from '../memberships/membership.ts'
import { membershipStatusIn, roleId } from '../memberships/store.ts'
import type { OrgId } from '../org.ts'
import { policyShape } from '../policy/policy.ts'
import { statusIn } from '../store.ts'

export interface SeatRow {
  readonly slug: string
  readonly name: string
  readonly org_status: string
  readonly template: string
  readonly policy: unknown
  readonly quota: number | null
  readonly status: string
  readonly role_ids: readonly string[]
}

/** Nobody's who was removed, and none in what is deleted. */
export function seatIn(row: SeatRow, organisation: OrgId, member: MemberId): Seat | undefined {
  const [orgStatus, status] = [statusIn(row.org_status), membershipStatusIn(row.status)]
  if (orgStatus === 'deleted' || status === 'removed') return undefined
  const { slug, name, template, quota, policy } = row
  return {
    organisation: {
      id: organisation,
      slug,
      name,
      status: orgStatus,
      template,
      quota,
      policy: policyShape.parse(policy),
    },
    member,
    status,
    roles: row.role_ids.map(roleId.fromUuid),
  }
}
