import { AppError } from '../../errors/app-error.ts'
import { redirectUriCure } from '../../oidc/clients/redirect-uri.ts'
import type { CreateClientFault, NoSuchApi, RedirectUriRefusal } from '../../oidc/clients/registration.ts'

export const clientNotFound = (id: string): AppError =>
  new AppError('client-not-found', { detail: `No client has the id ${id}.` })

const refuse = (detail: string, cure: string): AppError => new AppError('client-invalid', { detail, cure })

export const redirectUriRefused = ({ uri, fault }: RedirectUriRefusal): AppError =>
  refuse(`The address ${uri} cannot be registered.`, redirectUriCure[fault])

export const noSuchApi = ({ audience }: NoSuchApi): AppError =>
  refuse(
    `No API has the audience ${audience}.`,
    `Register it first: hearthkey api create --audience ${audience} --name <name>`,
  )

export const noRedirectUri = (): AppError =>
  refuse(
    'People who sign in must be sent back somewhere.',
    'Add --redirect-uri <address>. For a program that speaks for itself, add --grant client_credentials alone.',
  )

export function creationRefused(fault: CreateClientFault): AppError {
  switch (fault.reason) {
    case 'redirect-uri':
      return redirectUriRefused(fault)
    case 'no-redirect-uri':
      return noRedirectUri()
    case 'id-taken':
      return refuse('There is a client with this id already.', 'Choose another --id, or leave it out.')
    case 'id-invalid':
      return refuse(
        'The id is not one, or reads as the id of something else.',
        'Use letters, digits, dots, hyphens and underscores, at most 100 of them, and not the form of usr_….',
      )
    case 'name-invalid':
      return refuse('The name is empty, too long, or holds control characters.', 'Give a --name that people recognise.')
    case 'uri-invalid':
      return refuse('The home page is not an address.', 'Give --uri as https://app.example.com/, or leave it out.')
    case 'secret-needed':
      return refuse(
        'Only a client that can keep a secret may speak for itself (client_credentials).',
        'Leave out --public, --native and --type.',
      )
    case 'no-such-api':
      return noSuchApi(fault)
  }
}
