import type { Client } from '../client.ts'
import type { ClientFault } from '../faults.ts'
import { rule } from './rule.ts'

const READS = [
  'profile',
  'authMethod',
  'pkce',
  'tokenBinding',
  'grantTypes',
  'requiresPar',
  'jwks',
  'redirectUris',
] as const

const byKey = new Set(['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'])

/** FAPI 2.0 Security Profile §5.3.2 and §5.3.3, as far as it is the application's part. */
function profileFault(client: Pick<Client, (typeof READS)[number]>): ClientFault | undefined {
  if (client.profile === null) return undefined
  if (!byKey.has(client.authMethod)) return { reason: 'fapi-authentication' }
  if (client.pkce !== 'required') return { reason: 'pkce-required' }
  if (client.tokenBinding === 'none') return { reason: 'fapi-binding' }
  if (client.grantTypes.includes('authorization_code') && !client.requiresPar) return { reason: 'fapi-par' }
  // FAPI 2.0 §5.4.1. One that names no algorithm signs with PS256.
  const weak = client.jwks?.keys.find(({ alg }) => alg === 'RS256')
  if (weak) return { reason: 'fapi-algorithm', ...(typeof weak['kid'] === 'string' && { value: weak['kid'] }) }
  const plain = client.redirectUris.find((uri) => !uri.startsWith('https:'))
  return plain === undefined ? undefined : { reason: 'fapi-https', value: plain }
}

export const profileRule = rule(READS, profileFault)
