import type { RoleId } from '../../access/role.ts'
import type { Id } from '../../lib/ids.ts'
import type { OrgId, OrgStatus } from '../org.ts'
import type { Policy } from '../policy/policy.ts'

/** A person or a program. */
export type MemberId = Id<'usr'> | Id<'sva'>
/** `removed` stays for the log of events, and is shown to nobody. */
export type MembershipStatus = 'active' | 'suspended' | 'removed'

export interface Membership {
  readonly organisation: OrgId
  readonly member: MemberId
  readonly status: MembershipStatus
  readonly roles: readonly RoleId[]
  readonly joinedAt: Date
}

/** What a token for a member is made of, as it stands at this moment. */
export interface Seat {
  readonly organisation: {
    readonly id: OrgId
    readonly slug: string
    readonly name: string
    readonly status: OrgStatus
    readonly template: string
    readonly policy: Policy
    readonly quota: number | null
  }
  readonly member: MemberId
  readonly status: MembershipStatus
  readonly roles: readonly RoleId[]
}
