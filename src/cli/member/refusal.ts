import { AppError } from '../../errors/app-error.ts'
import type { InviteRefusal } from '../../orgs/invitations/invite.ts'
import type { ResendRefusal } from '../../orgs/invitations/resend.ts'
import type { WithdrawRefusal } from '../../orgs/invitations/withdraw.ts'
import type { AddRefusal } from '../../orgs/memberships/add.ts'
import type { RolesRefusal } from '../../orgs/memberships/roles.ts'
import type { StandingRefusal } from '../../orgs/memberships/standing.ts'

const rolesUnknown = (unknown: readonly string[]) =>
  new AppError('role-not-found', { detail: `There is no role ${unknown.join(', ')} in this organisation.` })

const refused = (detail: string, cure?: string) =>
  new AppError('membership-refused', { detail, ...(cure !== undefined && { cure }) })

export function membershipRefused(refusal: AddRefusal | RolesRefusal | Exclude<StandingRefusal, 'already'>): AppError {
  if (typeof refusal === 'object') return rolesUnknown(refusal.unknown)
  switch (refusal) {
    case 'not-found':
      return new AppError('organisation-not-found')
    case 'no-member':
      return new AppError('member-not-found')
    case 'person-unknown':
      return new AppError('user-not-found', { detail: 'That is nobody who may sign in.' })
    case 'program-unknown':
      return new AppError('service-account-not-found')
    case 'program-not-active':
      return refused('The service account is disabled.', 'Enable it first: hearthkey service-account enable.')
    case 'last-keeper':
      return refused(
        'They are the last active person with a role that the organisation must keep.',
        'Give that role to somebody else first: hearthkey member set-roles.',
      )
    case 'already':
      return refused('They are a member already.', 'Other roles: hearthkey member set-roles.')
    case 'address-not-admitted':
      return refused(
        'The policy lets only people join who have a verified address in a verified domain of the organisation.',
        'hearthkey org policy and hearthkey org domain list show both.',
      )
    case 'forbidden':
    case 'beyond-authority':
      return refused('That is beyond the authority of whoever asks.')
  }
}

const notInvited = (detail: string, cure?: string) =>
  new AppError('invitation-refused', { detail, ...(cure !== undefined && { cure }) })

export function invitationRefused(refusal: InviteRefusal | ResendRefusal | WithdrawRefusal): AppError {
  if (typeof refusal === 'object')
    return refusal.reason === 'roles-unknown'
      ? rolesUnknown(refusal.unknown)
      : notInvited(
          'The address got as many letters as one organisation may send it.',
          `Try again in ${Math.ceil(refusal.retryAfterSeconds / 60)} minutes.`,
        )
  switch (refusal) {
    case 'not-found':
      return new AppError('organisation-not-found')
    case 'not-active':
      return notInvited('The organisation is suspended.', 'Activate it first: hearthkey org activate.')
    case 'no-invitation':
      return notInvited(
        'The organisation has no such invitation.',
        'hearthkey member invitations shows those that are open.',
      )
    case 'ended':
      return notInvited('It was accepted or withdrawn.', 'hearthkey member invitations shows those that are open.')
    case 'email-invalid':
      return notInvited('That is not an e-mail address that can be used here.', 'Give one like name@example.com.')
    case 'already-invited':
      return notInvited('The address is invited already.', 'Send it again: hearthkey member resend.')
    case 'already-member':
      return notInvited('Somebody with that address is a member already.', 'Other roles: hearthkey member set-roles.')
    case 'address-not-admitted':
      return membershipRefused(refusal)
    case 'roles-gone':
      return notInvited('A role that it gives is gone.', 'Withdraw it, and invite anew.')
    case 'not-now':
      return notInvited('No letter can go to that address at the moment.', 'Try again in an hour.')
    case 'most-letters':
      return notInvited('It was sent five times.', 'Withdraw it, and ask the person whether the address is right.')
    case 'forbidden':
    case 'beyond-authority':
      return notInvited('That is beyond the authority of whoever asks.')
  }
}
