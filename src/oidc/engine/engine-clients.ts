import { randomBytes } from 'node:crypto'
import type { EngineClient, Provider } from 'oidc-provider'
import { ACCOUNT_CLIENT_ID } from '../clients/built-in.ts'
import { type Client, isClientId } from '../clients/client.ts'
import type { ClientSecrets } from '../clients/secret.ts'
import type { Known } from '../known.ts'

export interface EngineClientsDeps {
  readonly clients: Known<Client>
  readonly secrets: ClientSecrets
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
export function ownClients(provider: Provider, { clients, secrets }: EngineClientsDeps): void {
  const { Client } = provider
  const made = new WeakMap<Client, EngineClient>()

  Client.find = async (id) => {
    if (typeof id !== 'string' || !isClientId(id)) return undefined
    const record = await clients.find(id)
    if (!record || record.disabledAt) return undefined
    const known = made.get(record)
    if (known) return known
    const client = new Client(metadataOf(record))
    made.set(record, client)
    records.set(client, record)
    return client
  }
  Client.prototype.compareClientSecret = function compareHash(actual) {
    const { secretHash } = recordOf(this)
    return secretHash !== null && secrets.matches(secretHash, actual)
  }
  // Every token says of which session it is.
  Client.prototype.includeSid = () => true
}

function responseTypesOf({ id, grantTypes }: Client): string[] {
  if (id === ACCOUNT_CLIENT_ID) return ['none']
  return grantTypes.includes('authorization_code') ? ['code'] : []
}

const metadataOf = (client: Client): Record<string, unknown> => ({
  client_id: client.id,
  client_name: client.name,
  application_type: client.type === 'native' ? 'native' : 'web',
  redirect_uris: [...client.redirectUris],
  post_logout_redirect_uris: [...client.postLogoutRedirectUris],
  grant_types: [...client.grantTypes],
  response_types: responseTypesOf(client),
  ...(client.type === 'confidential'
    ? { token_endpoint_auth_method: 'client_secret_basic', client_secret: randomBytes(32).toString('base64url') }
    : { token_endpoint_auth_method: 'none' }),
})
