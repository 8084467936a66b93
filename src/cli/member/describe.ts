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

/** With the letter that waits for the operator to hand it over, where nobody sends it. */
export interface Invited {
  readonly invitation: Invitation
  readonly roleKeys: readonly string[]
  readonly letter: string | undefined
}

export const describeInvited = (invited: readonly Invited[], isSent: boolean): Output => ({
  text: [
    ...invited.flatMap(({ invitation: { id, email, expiresAt }, letter }) => [
      `${id} ${email} is invited, until ${expiresAt.toISOString()}.`,
      ...(letter === undefined ? [] : [`  The letter: hearthkey outbox show ${letter}`]),
    ]),
    ...(isSent ? [] : ['No mail server is configured: the letters wait in the outbox, for you to hand over.']),
  ].join('\n'),
  json: {
    invitations: invited.map(({ invitation, roleKeys, letter }) => ({
      ...invitationFacts(invitation),
      roles: roleKeys,
      letter: letter ?? null,
    })),
  },
})

export function describeInvitations(invitations: readonly ListedInvitation[], more: boolean): Output {
  const next = more ? invitations.at(-1)?.id : undefined
  const rows = invitations.map(({ id, email, roleKeys, expired, expiresAt, letters }) => [
    id,
    email,
    roleKeys.join(', '),
    expired ? 'expired' : `until ${expiresAt.toISOString()}`,
    String(letters),
  ])
  return {
    text: [
      invitations.length === 0 ? 'Nobody is invited.' : table(['ID', 'E-MAIL', 'ROLES', 'OPEN', 'LETTERS'], rows),
      ...(next ? ['', `There are more: add --after ${next}`] : []),
    ].join('\n'),
    json: {
      next: next ?? null,
      invitations: invitations.map((one) => ({ ...invitationFacts(one), roles: one.roleKeys, expired: one.expired })),
    },
  }
}
