import { type EngineContext, errors, type Provider, type Token } from 'oidc-provider'
import { AppError } from '../../errors/app-error.ts'
import { noteGuess } from '../../http/limits/guessed.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Api } from '../apis/api.ts'
import { isOfApiKeys } from '../clients/built-in.ts'
import { assertFits } from '../organisations/fits.ts'
import type { ApiKeys, Quotas, VerifiedKey } from '../ports.ts'
import type { ResourceServerOf } from '../resources.ts'
import { currentUnit } from '../unit/units.ts'
import { ACCESS_TOKEN_TYPE } from './token-types.ts'

/** RFC 8693 §3 lets anybody name token types of their own by a URI. */
export const API_KEY_TYPE = 'urn:hearthkey:token-type:api-key'

export interface ApiKeyGrantDeps {
  readonly apiKeys: ApiKeys
  readonly quotas: Quotas
  /** By its id, among those of the instance. */
  readonly apiById: (id: string) => Promise<Api | undefined>
  readonly resourceServerOf: ResourceServerOf
  readonly clock: Clock
}

/**
 * RFC 8693: a program shows its key and gets a short token, so that services go on validating by JWKS alone. Whatever is
 * wrong with a key, the answer is the same. No refresh token, no ID token, no session: a key never signs anybody in.
 */
export async function exchangeApiKey(provider: Provider, deps: ApiKeyGrantDeps, ctx: EngineContext): Promise<void> {
  const { client, params } = ctx.oidc
  if (!client || !isOfApiKeys(client.clientId)) throw new errors.InvalidRequest('this client exchanges no API keys')
  if (params?.['subject_token_type'] !== API_KEY_TYPE)
    throw new errors.InvalidRequest(`subject_token_type must be ${API_KEY_TYPE}`)
  const wanted = params['requested_token_type']
  if (wanted !== undefined && wanted !== ACCESS_TOKEN_TYPE)
    throw new errors.InvalidRequest(`requested_token_type must be ${ACCESS_TOKEN_TYPE}`)
  const key = await verified(deps, params['subject_token'])
  const api = await apiFor(deps, key, params['resource'] ?? params['audience'])
  const token = new provider.AccessToken({ accountId: key.owner, client, scope: scopeOf(key, api, params['scope']) })
  token.resourceServer = new provider.ResourceServer(api.audience, deps.resourceServerOf(api))
  const { expiresAt } = key
  if (expiresAt) token.expiresIn = Math.min(token.expiration, secondsUntil(expiresAt, deps.clock.now()))
  currentUnit().apiKey = { key, api: api.id }
  ctx.body = {
    access_token: await token.save(),
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: 'Bearer',
    expires_in: token.expiration,
    scope: token.scope,
  }
}

async function verified({ apiKeys, quotas }: ApiKeyGrantDeps, presented: unknown): Promise<VerifiedKey> {
  const { exchange } = currentUnit()
  const found = await apiKeys.verify(typeof presented === 'string' ? presented : '', { ip: exchange.clientIp })
  if (!found.ok) {
    noteGuess(exchange)
    exchange.log.info({ reason: found.error }, 'an API key was refused')
    throw new errors.InvalidGrant('the API key does not count')
  }
  const key = found.value
  const verdict = await quotas.take({ organisation: key.seat.organisation.id, key: key.id, quota: key.quota })
  if (!verdict.ok) throw new AppError('too-many-requests', { retryAfter: verdict.retryAfterSeconds })
  return key
}

/** A key that is for one API alone means that one. */
async function apiFor({ apiById }: ApiKeyGrantDeps, key: VerifiedKey, wanted: unknown): Promise<Api> {
  const found = await Promise.all(Object.keys(key.permissions).map(apiById))
  const apis = found.flatMap((api) => api ?? [])
  const [only, ...more] = apis
  if (!only) throw new errors.InvalidTarget('the API key is for no API')
  if (wanted === undefined && more.length === 0) return only
  const api = apis.find(({ audience }) => audience === wanted)
  if (api) return api
  throw new errors.InvalidTarget(
    wanted === undefined
      ? 'the API key is for several APIs: name one by `resource`'
      : 'the API key is not for this resource',
  )
}

/** What is asked for and what there is, whichever is less. */
function scopeOf(key: VerifiedKey, api: Api, wanted: unknown): string | undefined {
  const has = key.permissions[api.id] ?? []
  if (typeof wanted !== 'string') return has.join(' ') || undefined
  const asked = wanted.split(' ').filter(Boolean)
  if (asked.some((scope) => !has.includes(scope)))
    throw new errors.InvalidScope('the API key has no such scope', wanted)
  return asked.join(' ') || undefined
}

const secondsUntil = (then: Date, now: Date): number => Math.max(1, Math.floor((then.getTime() - now.getTime()) / 1000))

/**
 * What a token for a key says beside its scopes: which key it was, and how often it may ask. No roles: they are the owner's, and
 * a service that decides by them would let a key that may only read do everything.
 */
export function apiKeyClaims(
  token: Token,
  { quotas, largestClaims }: { readonly quotas: Pick<Quotas, 'carried'>; readonly largestClaims: number },
): Record<string, unknown> | undefined {
  const held = currentUnit().apiKey
  if (!held) return undefined
  const { seat, quota, id } = held.key
  const claims = {
    org_id: seat.organisation.id,
    org: seat.organisation.slug,
    permissions: token.scope?.split(' ') ?? [],
    api_key: id,
    quota: quotas.carried(quota, 'key'),
  }
  assertFits(claims, largestClaims)
  return claims
}
