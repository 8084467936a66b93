import type { Invitation } from '../../orgs/invitations/invitation.ts'
import type { ListedInvitation } from '../../orgs/invitations/service.ts'
import type { Membership } from '../../orgs/memberships/membership.ts'
import type { MemberWithRoles } from '../../orgs/memberships/service.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

/** With what somebody is called, where it is a person whom this host may see. */
export interface NamedMember extends MemberWithRoles {
  readonly email: string | undefined
  readonly name: string | undefined
}

const facts = ({ organisation, member, status, joinedAt }: Membership) => ({ organisation, member, status, joinedAt })

export const describeMember = (text: string, membership: Membership): Output => ({
  text,
  json: { membership: facts(membership) },
})

export function describeMembers(members: readonly NamedMember[], next: string | undefined, org: string): Output {
  const rows = members.map(({ member, status, roleKeys, email, name }) => [
    member,
    status,
    roleKeys.join(', '),
    email ?? '',
    name ?? '',
  ])
  return {
    text: [
      members.length === 0 ? 'Nobody works there.' : table(['ID', 'STATE', 'ROLES', 'E-MAIL', 'NAME'], rows),
      ...(next ? ['', `There are more: hearthkey member list --org ${org} --after ${next}`] : []),
    ].join('\n'),
    json: {
      members: members.map((one) => ({
        ...facts(one),
        roles: one.roleKeys,
        email: one.email ?? null,
        name: one.name ?? null,
      })),
      next: next ?? null,
    },
  }
}

const invitationFacts = ({ id, organisation, email, status, invitedBy, letters, sentAt, expiresAt }: Invitation) => ({
  id,
  organisation,
  email,
  status,
  invitedBy,
  letters,
  sentAt,
  expiresAt,
})

/** `hint`: where the letters are, when nobody sends them. */
export const describeInvited = (invitations: readonly Invitation[], hint: string | undefined): Output => ({
  text: [
    ...invitations.map(({ id, email, expiresAt }) => `${id} ${email} is invited, until ${expiresAt.toISOString()}.`),
    ...(hint === undefined ? [] : [hint]),
  ].join('\n'),
  json: { invitations: invitations.map(invitationFacts) },
})

export function describeInvitations(invitations: readonly ListedInvitation[]): Output {
  const rows = invitations.map(({ id, email, roleKeys, expired, expiresAt, letters }) => [
    id,
    email,
    roleKeys.join(', '),
    expired ? 'expired' : `until ${expiresAt.toISOString()}`,
    String(letters),
  ])
  return {
    text: invitations.length === 0 ? 'Nobody is invited.' : table(['ID', 'E-MAIL', 'ROLES', 'OPEN', 'LETTERS'], rows),
    json: {
      invitations: invitations.map((one) => ({ ...invitationFacts(one), roles: one.roleKeys, expired: one.expired })),
    },
  }
}
