import { type Client, type ClientType, DEVICE_CODE, isConfidential } from '../client.ts'
import type { ClientFault } from '../faults.ts'
import { rule } from './rule.ts'

const grantsOf: Readonly<Record<ClientType, ReadonlySet<string>>> = {
  web: new Set(['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE]),
  'single-page': new Set(['authorization_code', 'refresh_token']),
  native: new Set(['authorization_code', 'refresh_token', DEVICE_CODE]),
  service: new Set(['client_credentials']),
}

const READS = ['type', 'grantTypes', 'authMethod', 'pkce', 'origins'] as const

/** What a type is decides what is safe for it. */
function typeFault(client: Pick<Client, (typeof READS)[number]>): ClientFault | undefined {
  const { type, grantTypes, pkce, origins } = client
  if (grantTypes.includes('client_credentials') && (type === 'single-page' || type === 'native'))
    return { reason: 'secret-needed' }
  const other = grantTypes.find((grant) => !grantsOf[type].has(grant))
  if (other !== undefined) return { reason: 'grant-not-of-type', value: other }
  const provesItself = type === 'web' || type === 'service'
  if (provesItself && !isConfidential(client)) return { reason: 'auth-needed' }
  if (!provesItself && isConfidential(client)) return { reason: 'auth-impossible' }
  if (!provesItself && pkce !== 'required') return { reason: 'pkce-required' }
  return provesItself && origins.length > 0 ? { reason: 'origins-not-of-type' } : undefined
}

export const typeRule = rule(READS, typeFault)

const OF_SERVICES = [
  'type',
  'redirectUris',
  'postLogoutRedirectUris',
  'backchannelLogoutUri',
  'subjectType',
  'requiresPar',
  'requiresSignedRequest',
  'pkce',
] as const

function serviceFault(client: Pick<Client, (typeof OF_SERVICES)[number]>): ClientFault | undefined {
  if (client.type !== 'service') return undefined
  const idle = {
    'redirect URIs': client.redirectUris.length > 0,
    'sign-out addresses': client.postLogoutRedirectUris.length > 0,
    'back-channel logout': client.backchannelLogoutUri !== null,
    'pairwise subjects': client.subjectType === 'pairwise',
    'pushed requests': client.requiresPar,
    'signed requests': client.requiresSignedRequest,
    'PKCE optional': client.pkce !== 'required',
  }
  const value = Object.entries(idle).find(([, said]) => said)?.[0]
  return value === undefined ? undefined : { reason: 'nobody-signs-in', value }
}

export const serviceRule = rule(OF_SERVICES, serviceFault)
