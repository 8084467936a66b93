import { fail, ok, type Result } from '../../lib/result.ts'
import {
  type Client,
  type ClientDemand,
  type ClientType,
  type GrantType,
  generatedClientId,
  isClientId,
  type OrganisationUse,
} from './client.ts'
import { checkRedirectUri, type RedirectUriFault } from './redirect-uri.ts'

export interface NewClient {
  /** Generated when left out. */
  readonly id?: string
  readonly name: string
  readonly type: ClientType
  /** Its home page. */
  readonly uri?: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  readonly grantTypes?: readonly GrantType[]
  readonly firstParty?: boolean
  /** Audiences of the APIs that it may have tokens for. */
  readonly apis?: readonly string[]
  readonly organisations?: OrganisationUse
  readonly mfa?: ClientDemand
}

export type CreateClientFault =
  | {
      readonly reason: 'id-invalid' | 'id-taken' | 'name-invalid' | 'uri-invalid' | 'no-redirect-uri' | 'secret-needed'
    }
  | RedirectUriRefusal
  | NoSuchApi

export type UpdateClientFault = { readonly reason: 'not-found' | 'no-redirect-uri' } | RedirectUriRefusal | NoSuchApi

export interface NoSuchApi {
  readonly reason: 'no-such-api'
  readonly audience: string
}

export interface RedirectUriRefusal {
  readonly reason: 'redirect-uri'
  readonly uri: string
  readonly fault: RedirectUriFault
}

export interface ClientChange {
  readonly organisations?: OrganisationUse
  /** Null: nothing of its own any more. */
  readonly mfa?: ClientDemand | null
  /** Audiences. */
  readonly addApis?: readonly string[]
  readonly removeApis?: readonly string[]
  readonly addRedirectUris?: readonly string[]
  readonly removeRedirectUris?: readonly string[]
  readonly addPostLogoutRedirectUris?: readonly string[]
  readonly removePostLogoutRedirectUris?: readonly string[]
}

const usualGrants: readonly GrantType[] = ['authorization_code', 'refresh_token']

type Planned = Omit<Client, 'apis' | 'disabledAt' | 'secretHash' | 'serviceAccount'>

/** What is to be registered, or why it is not. */
export function plan(input: NewClient, now: Date): Result<Planned, CreateClientFault> {
  const id = input.id ?? generatedClientId.generate()
  if (!isClientId(id)) return fail({ reason: 'id-invalid' })
  const name = input.name.trim()
  if (name === '' || name.length > 200 || /\p{Cc}/u.test(name)) return fail({ reason: 'name-invalid' })
  const uri = input.uri ?? null
  if (uri !== null && !(/^https?:/.test(uri) && checkRedirectUri('public', uri).ok))
    return fail({ reason: 'uri-invalid' })
  const grantTypes = [...new Set(input.grantTypes ?? usualGrants)]
  if (grantTypes.includes('client_credentials') && input.type !== 'confidential')
    return fail({ reason: 'secret-needed' })
  const addresses = {
    type: input.type,
    grantTypes,
    redirectUris: [...new Set(input.redirectUris)],
    postLogoutRedirectUris: [...new Set(input.postLogoutRedirectUris ?? [])],
  }
  const refused = addressRefusal(addresses)
  if (refused) return fail(refused)
  const { firstParty = false, organisations = 'ask', mfa = null } = input
  return ok({ id, name, uri, ...addresses, firstParty, organisations, mfa, createdAt: now })
}

type Addresses = Pick<Client, 'type' | 'grantTypes' | 'redirectUris' | 'postLogoutRedirectUris'>

export function addressRefusal(
  client: Addresses,
): RedirectUriRefusal | { readonly reason: 'no-redirect-uri' } | undefined {
  if (client.grantTypes.includes('authorization_code') && client.redirectUris.length === 0)
    return { reason: 'no-redirect-uri' }
  for (const uri of [...client.redirectUris, ...client.postLogoutRedirectUris]) {
    const checked = checkRedirectUri(client.type, uri)
    if (!checked.ok) return { reason: 'redirect-uri', uri, fault: checked.error }
  }
  return undefined
}

export const changed = (
  now: readonly string[],
  add: readonly string[] = [],
  remove: readonly string[] = [],
): string[] => [...new Set([...now, ...add])].filter((uri) => !remove.includes(uri))

export const changeable = ({ redirectUris, postLogoutRedirectUris, organisations, mfa, apis }: Client) => ({
  redirectUris,
  postLogoutRedirectUris,
  organisations,
  mfa,
  apis: apis.map(({ audience }) => audience),
})

export const snapshotOf = (client: Client) => ({
  name: client.name,
  type: client.type,
  uri: client.uri,
  ...changeable(client),
  grantTypes: client.grantTypes,
  firstParty: client.firstParty,
})
