import { randomBytes } from 'node:crypto'
import { type EngineClient, errors, type Provider } from 'oidc-provider'
import type { Clock } from '../../lib/clock.ts'
import { ACCOUNT_CLIENT_ID } from '../clients/built-in.ts'
import { type Client, isClientId, isConfidential, keepsSecrets, TOKEN_EXCHANGE } from '../clients/client.ts'
import { isRegistered } from '../clients/redirect-uri.ts'
import type { ClientSecrets } from '../clients/secret.ts'
import type { Known } from '../known.ts'
import { forgetOldKeys } from './client-keys.ts'

export interface EngineClientsDeps {
  readonly clients: Known<Client>
  readonly secrets: ClientSecrets
  readonly readsCertificates: boolean
  readonly clock: Clock
}

const records = new WeakMap<EngineClient, Client>()

/** What is registered for a client that the engine handed to us. */
export function recordOf(client: EngineClient): Client {
  const record = records.get(client)
  if (!record) throw new Error(`the engine made the client ${client.clientId} by itself`)
  return record
}

/**
 * The engine keeps a hundred clients and hashes the whole metadata of one at each request to find it again. Every one of
 * its look-ups goes through `Client.find`, which is ours: one object per registered client, made when it is first met,
 * for as long as what we know of it stays the same.
 *
 * Secrets are compared by their keyed hash. The engine insists on holding one; it gets random bytes that nobody knows,
 * so that nothing it might sign or decrypt with it means anything.
 */
export function ownClients(
  provider: Provider,
  { clients, secrets, readsCertificates, clock }: EngineClientsDeps,
): void {
  const { Client } = provider
  const made = new WeakMap<Client, EngineClient>()

  Client.find = async (id) => {
    if (typeof id !== 'string' || !isClientId(id)) return undefined
    const record = await clients.find(id)
    if (!record || record.disabledAt) return undefined
    const known = made.get(record)
    if (known) return known
    // Left aside by the engine, that it binds them would be forgotten, and they would be anybody's.
    if (record.tokenBinding === 'mtls' && !readsCertificates)
      throw new errors.InvalidClient('its tokens are bound to a certificate, and this server reads none')
    const client = new Client(metadataOf(record))
    forgetOldKeys(client, () => Math.floor(Date.now() / 1000))
    made.set(record, client)
    records.set(client, record)
    return client
  }
  Client.prototype.compareClientSecret = function compareHash(actual) {
    const now = clock.now()
    const standing = recordOf(this).secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    return standing.some(({ hash }) => secrets.matches(hash, actual))
  }
  // The engine's own would also let `localhost` have any port: what that name leads to is not this machine's to say
  // (RFC 8252 §8.3).
  Client.prototype.redirectUriAllowed = function isAllowed(value) {
    const { type, redirectUris } = recordOf(this)
    return isRegistered(type, redirectUris, value)
  }
  Client.prototype.postLogoutRedirectUriAllowed = function isAllowed(value) {
    const { type, postLogoutRedirectUris } = recordOf(this)
    return isRegistered(type, postLogoutRedirectUris, value)
  }
  // Fragments are for what comes without a code (RFC 9700 §2.1.2): where there is nothing of that kind they only leave a code
  // where every script of the page reads it. Who asks for such a thing is told of that, and not of the mode that comes with it.
  const isAllowed = Client.prototype.responseModeAllowed
  Client.prototype.responseModeAllowed = function allowsMode(mode, type, profile) {
    if (mode === 'fragment' && !type?.includes('token')) throw new errors.UnsupportedResponseMode()
    return isAllowed.call(this, mode, type, profile)
  }
  // Every token says of which session it is.
  Client.prototype.includeSid = () => true
}

function responseTypesOf({ id, grantTypes }: Client): string[] {
  if (id === ACCOUNT_CLIENT_ID) return ['none']
  return grantTypes.includes('authorization_code') ? ['code'] : []
}

/** What somebody's token may be exchanged for stands with each API: the grant follows from it. */
const grantTypesOf = (client: Client): string[] =>
  isConfidential(client) && client.apis.some(({ onBehalf }) => onBehalf)
    ? [...new Set([...client.grantTypes, TOKEN_EXCHANGE])]
    : [...client.grantTypes]

const subjectOf = ({ subjectType, sector }: Client) =>
  subjectType === 'pairwise' ? { subject_type: subjectType, sector_identifier_uri: `https://${sector}/` } : {}

/** What belongs to a feature that is off, the engine leaves aside. */
const metadataOf = (client: Client): Record<string, unknown> => ({
  client_id: client.id,
  client_name: client.name,
  application_type: client.type === 'native' ? 'native' : 'web',
  client_uri: client.uri ?? undefined,
  logo_uri: client.logoUri ?? undefined,
  policy_uri: client.policyUri ?? undefined,
  tos_uri: client.termsUri ?? undefined,
  redirect_uris: [...client.redirectUris],
  post_logout_redirect_uris: [...client.postLogoutRedirectUris],
  grant_types: grantTypesOf(client),
  response_types: responseTypesOf(client),
  token_endpoint_auth_method: client.authMethod,
  ...(keepsSecrets(client) && { client_secret: randomBytes(32).toString('base64url') }),
  jwks: client.jwks ?? undefined,
  jwks_uri: client.jwksUri ?? undefined,
  tls_client_auth_subject_dn: client.tlsSubject ?? undefined,
  ...subjectOf(client),
  require_pushed_authorization_requests: client.requiresPar,
  require_signed_request_object: client.requiresSignedRequest,
  dpop_bound_access_tokens: client.tokenBinding === 'dpop',
  tls_client_certificate_bound_access_tokens: client.tokenBinding === 'mtls',
  backchannel_logout_uri: client.backchannelLogoutUri ?? undefined,
  backchannel_logout_session_required: client.backchannelLogoutUri !== null,
})
