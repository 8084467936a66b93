import { fail, ok, type Result } from '../../lib/result.ts'
import {
  type ApiGrant,
  type AuthMethod,
  type Client,
  type ClientType,
  type GrantType,
  generatedClientId,
  isClientId,
  plainClient,
} from './client.ts'
import type { ClientFault } from './faults.ts'
import { type ClientFields, fieldsIn } from './fields.ts'
import { type Bounds, judge, judgeChange, type RedirectUriRefusal } from './judge.ts'
import { sectorOf } from './rules/subject.ts'

export type { RedirectUriRefusal } from './judge.ts'

/** An audience: all scopes there, or whatever it has there already. What is left out stays, or is no. */
export type ApiWanted = string | (Pick<ApiGrant, 'audience' | 'scopes'> & Partial<Pick<ApiGrant, 'onBehalf'>>)

export interface NewClient extends ClientFields {
  /** Generated when left out. */
  readonly id?: string
  readonly name: string
  readonly type: ClientType
  readonly redirectUris: readonly string[]
  /** The APIs that it may have tokens for: an audience stands for all scopes there. */
  readonly apis?: readonly ApiWanted[]
  /** It registers itself: of the token by which it looks after its entry. */
  readonly registrationHash?: Buffer
}

export interface NoSuchApi {
  readonly reason: 'no-such-api'
  readonly audience: string
}

export type CreateClientFault = ClientFault | RedirectUriRefusal | NoSuchApi
export type UpdateClientFault = { readonly reason: 'not-found' } | CreateClientFault

export interface ClientChange extends ClientFields {
  /** In place of those that it has. */
  readonly apis?: readonly ApiWanted[]
  readonly addApis?: readonly ApiWanted[]
  readonly removeApis?: readonly string[]
  /** Audiences, among those that it has then. */
  readonly addOnBehalf?: readonly string[]
  readonly removeOnBehalf?: readonly string[]
  readonly addRedirectUris?: readonly string[]
  readonly removeRedirectUris?: readonly string[]
  readonly addPostLogoutRedirectUris?: readonly string[]
  readonly removePostLogoutRedirectUris?: readonly string[]
  readonly addOrigins?: readonly string[]
  readonly removeOrigins?: readonly string[]
  /** Another token looks after its entry from now on (RFC 7592 §3). */
  readonly registrationHash?: Buffer
}

const usualGrants: Readonly<Record<ClientType, readonly GrantType[]>> = {
  web: ['authorization_code', 'refresh_token'],
  'single-page': ['authorization_code', 'refresh_token'],
  native: ['authorization_code', 'refresh_token'],
  service: ['client_credentials'],
}

const usualAuthMethod: Readonly<Record<ClientType, AuthMethod>> = {
  web: 'client_secret_basic',
  'single-page': 'none',
  native: 'none',
  service: 'client_secret_basic',
}

/** What is to be registered, or why it is not. */
export function plan(input: NewClient, now: Date, bounds: Bounds): Result<Client, CreateClientFault> {
  const id = input.id ?? generatedClientId.generate()
  if (!isClientId(id)) return fail({ reason: 'id-invalid' })
  const { type, name, apis = [], registrationHash = null } = input
  const grantTypes = usualGrants[type]
  const usual = { postLogoutRedirectUris: [], firstParty: false, organisations: 'ask', mfa: null, uri: null } as const
  const client: Client = {
    ...plainClient,
    ...usual,
    id,
    type,
    name,
    redirectUris: [],
    grantTypes: [...grantTypes],
    authMethod: input.profile === 'fapi2' ? 'private_key_jwt' : usualAuthMethod[type],
    ...settled(input, { id, type, grantTypes, ...plainClient }),
    apis: allowed([], apis),
    registrationHash,
    createdAt: now,
    disabledAt: null,
    serviceAccount: null,
  }
  const fault = judge(client, bounds)
  return fault ? fail(fault) : ok(client)
}

/** What it is to be, or why not. */
export function changedBy(before: Client, change: ClientChange, bounds: Bounds): Result<Client, CreateClientFault> {
  const said = settled(change, before)
  const list = (name: 'redirectUris' | 'postLogoutRedirectUris' | 'origins') => said[name] ?? before[name]
  const redirectUris = changed(list('redirectUris'), change.addRedirectUris, change.removeRedirectUris)
  const { addPostLogoutRedirectUris: addSignedOut, removePostLogoutRedirectUris: removeSignedOut } = change
  const after: Client = {
    ...before,
    ...said,
    redirectUris,
    postLogoutRedirectUris: changed(list('postLogoutRedirectUris'), addSignedOut, removeSignedOut),
    origins: changed(list('origins'), change.addOrigins, change.removeOrigins),
    apis: allowed(change.apis ? allowed([], change.apis) : before.apis, change.addApis, change.removeApis).map(
      onBehalf(change),
    ),
    // What people are sent to without being asked, nobody leads from outside.
    registrationHash: said.firstParty ? null : (change.registrationHash ?? before.registrationHash),
  }
  const named = withItsSector(after)
  const fault = judgeChange(before, named, bounds)
  return fault ? fail(fault) : ok(named)
}

/**
 * People keep their names where an operator moves an application. One that registered itself could register the host of somebody
 * else and be moved to its own: it has the names of where it is. By itself it does not move (registration/owned.ts).
 */
const withItsSector = (client: Client): Client =>
  client.registrationHash !== null && client.subjectType === 'pairwise'
    ? { ...client, sector: sectorOf(client) }
    : client

type Standing = Pick<
  Client,
  'id' | 'type' | 'redirectUris' | 'requiresPar' | 'sector' | 'subjectType' | 'tokenBinding'
> & {
  readonly grantTypes: readonly string[]
}

/** What was said, with what follows from it where nothing else was said. */
function settled(given: ClientFields, before: Omit<Standing, 'redirectUris'> & Partial<Standing>): ClientFields {
  const said = fieldsIn(given)
  return { ...said, ...profiled(said, before), ...named(said, before) }
}

/** FAPI 2.0 leaves no choice in these, but for the one between a certificate and DPoP. */
function profiled(said: ClientFields, before: Omit<Standing, 'redirectUris'>): ClientFields {
  if (said.profile !== 'fapi2') return {}
  const signsIn = (said.grantTypes ?? before.grantTypes).some((grant) => grant === 'authorization_code')
  const byCertificate = said.authMethod?.endsWith('tls_client_auth') ?? false
  const { tokenBinding } = before
  return {
    requiresPar: said.requiresPar ?? (before.requiresPar || signsIn),
    tokenBinding: said.tokenBinding ?? (tokenBinding === 'none' ? (byCertificate ? 'mtls' : 'dpop') : tokenBinding),
  }
}

function named(
  said: ClientFields,
  before: Pick<Standing, 'id' | 'type' | 'sector' | 'subjectType'> & Partial<Standing>,
): ClientFields {
  const subjectType = said.subjectType ?? before.subjectType
  if (said.sector !== undefined || (subjectType === 'pairwise') === (before.sector !== null)) return {}
  const { redirectUris = before.redirectUris ?? [] } = said
  return { sector: subjectType === 'pairwise' ? sectorOf({ ...before, redirectUris }) : null }
}

const changed = (now: readonly string[], add: readonly string[] = [], remove: readonly string[] = []): string[] =>
  [...new Set([...now, ...add])].filter((one) => !remove.includes(one))

function allowed(now: readonly ApiGrant[], add: readonly ApiWanted[] = [], remove: readonly string[] = []): ApiGrant[] {
  const byAudience = new Map(now.map((grant) => [grant.audience, grant]))
  for (const given of add) {
    const wanted = typeof given === 'string' ? { audience: given } : given
    const plain = { scopes: null, onBehalf: false }
    byAudience.set(wanted.audience, { ...plain, ...byAudience.get(wanted.audience), ...wanted })
  }
  return [...byAudience.values()].filter(({ audience }) => !remove.includes(audience))
}

const onBehalf =
  ({ addOnBehalf = [], removeOnBehalf = [] }: ClientChange) =>
  (grant: ApiGrant): ApiGrant => {
    if (removeOnBehalf.includes(grant.audience)) return { ...grant, onBehalf: false }
    return addOnBehalf.includes(grant.audience) ? { ...grant, onBehalf: true } : grant
  }
