import { AppError } from '../../errors/app-error.ts'
import type { AddRefusal } from '../../orgs/memberships/add.ts'

export const accountNotFound = (id: string): AppError =>
  new AppError('service-account-not-found', { detail: `The organisation looks after no service account ${id}.` })

const refuse = (detail: string, cure: string): AppError => new AppError('service-account-refused', { detail, cure })

type Fault = AddRefusal | 'name-invalid' | 'description-invalid' | 'last-keeper' | 'no-member'

export function accountRefused(fault: Fault): AppError {
  if (typeof fault !== 'string')
    return refuse(
      `There is no role ${fault.unknown.join(', ')} to give there.`,
      'hearthkey role list --org <organisation> shows those that there are.',
    )
  switch (fault) {
    case 'name-invalid':
      return refuse('That is not a name that can be used here.', 'Give --name 1 to 100 characters on one line.')
    case 'description-invalid':
      return refuse(
        'The description is too long or holds control characters.',
        'Give at most 500 characters on one line.',
      )
    case 'not-found':
      return new AppError('organisation-not-found')
    case 'last-keeper':
      return refuse(
        'Nobody would be left who can look after the organisation.',
        'Give a person the role that it must keep: hearthkey member set-roles --org <organisation>.',
      )
    default:
      return refuse(`This was refused: ${fault}.`, 'hearthkey member list --org <organisation> shows who works there.')
  }
}

export function linkRefused(
  reason: 'not-found' | 'not-a-program' | 'account-not-active' | 'taken' | 'not-linked',
  client: string,
): AppError {
  switch (reason) {
    case 'not-found':
      return new AppError('client-not-found', { detail: `No client has the id ${client}.` })
    case 'not-a-program':
      return refuse(
        `${client} does not ask with its own credentials.`,
        'Create a client with --grant client_credentials, and link that one.',
      )
    case 'account-not-active':
      return refuse('The service account is disabled.', 'Enable it first: hearthkey service-account enable.')
    case 'not-linked':
      return refuse(`${client} acts as no service account.`, 'hearthkey client list shows which client acts as which.')
    case 'taken':
      return refuse(
        'Another client acts as this service account already.',
        'Create a service account for each client, so that each can be disabled by itself.',
      )
  }
}
