import { type EngineClient, type EngineContext, errors, type ResourceServer } from 'oidc-provider'
import { AppError } from '../errors/app-error.ts'
import type { KeySnapshot } from '../keyring/signing/key-set.ts'
import type { SigningMaterial } from '../keyring/signing/material.ts'
import type { Soon } from '../lib/soon.ts'
import { type Api, apiId } from './apis/api.ts'
import { ownScopes } from './claims.ts'
import type { Client } from './clients/client.ts'
import { recordOf } from './engine/engine-clients.ts'
import type { Known } from './known.ts'
import { accessTokenTtl as ttlOf } from './refresh/lifetimes.ts'

interface ResourcesDeps {
  readonly issuer: string
  readonly apis: Known<Api>
  /** Which API is the default: null, none. */
  readonly defaultApi: () => Promise<string | null>
  readonly keys: KeySnapshot
  /** Seconds. */
  readonly accessTokenTtl: number
}

/**
 * Whom access tokens are for. Where a client names nobody they are for the issuer itself: such a token still is a JWT that
 * anybody validates by nothing but the issuer's address, and the one that userinfo takes.
 */
export function resourceIndicators({ issuer, apis, defaultApi, keys, accessTokenTtl }: ResourcesDeps) {
  const ofApi = resourceServers({ keys, accessTokenTtl })
  return {
    enabled: true,
    /** `oneOf`: several were asked for with the code, and a token has one audience. */
    defaultResource: async (ctx: EngineContext, client: EngineClient, oneOf?: readonly string[]): Promise<string> =>
      oneOf?.[0] ?? usualAudience(ctx, recordOf(client)) ?? (await defaultFor(recordOf(client), defaultApi)) ?? issuer,
    useGrantedResource: async () => true,
    getResourceServerInfo: async (
      ctx: EngineContext,
      audience: string,
      client: EngineClient,
    ): Promise<ResourceServer> => {
      // Nobody stands behind a program that speaks for itself, whatever an API calls its scopes.
      const within = (scopes: readonly string[]) =>
        speaksForItself(ctx) ? scopes.filter((scope) => !ownScopes.has(scope)) : scopes
      const record = recordOf(client)
      const ofClient = record.accessTokenTtl
      if (audience === issuer) {
        const ttl = ttlOf({ instance: accessTokenTtl, client: ofClient })
        assertOneIsKnown(ctx, [])
        return resourceServer(audience, within([...ownScopes]), ttl, keys.active)
      }
      const allowed = record.apis.find((api) => api.audience === audience)
      const api = allowed && (await apis.find(audience))
      if (!api) throw new errors.InvalidTarget('the resource is not known, or not for this client')
      assertOneIsKnown(ctx, api.scopes)
      const scopes =
        allowed.scopes === null ? api.scopes : api.scopes.filter((scope) => allowed.scopes?.includes(scope))
      return ofApi({ ...api, scopes: within(scopes) }, ofClient)
    },
  }
}

/** Of an API; `client`: how long the tokens of whoever asks are good for, where that was said (seconds). */
export type ResourceServerOf = (api: Api, client?: number | null) => ResourceServer

export const resourceServers =
  ({ keys, accessTokenTtl }: Pick<ResourcesDeps, 'keys' | 'accessTokenTtl'>): ResourceServerOf =>
  (api, client = null) => {
    const ttl = ttlOf({ instance: accessTokenTtl, api: api.accessTokenTtl, client })
    return resourceServer(api.audience, api.scopes, ttl, keyFor(api, keys))
  }

interface IssuableDeps extends Pick<ResourcesDeps, 'issuer' | 'apis'> {
  readonly keys: () => Soon<KeySnapshot>
}

/** For which audiences a client would have a token at this moment: none of them is refused a moment later but by a change. */
export const issuableTo =
  ({ issuer, apis, keys }: IssuableDeps) =>
  async (client: Client): Promise<readonly string[]> => {
    if (client.apis.length === 0) return [issuer]
    const [found, { apis: own }] = await Promise.all([
      Promise.all(client.apis.map(({ audience }) => apis.find(audience))),
      keys(),
    ])
    const ready = found.filter((api) => api !== undefined && (!api.ownKeys || own.has(apiId.toUuid(api.id))))
    return [issuer, ...ready.flatMap((api) => (api ? [api.audience] : []))]
  }

/** Never the instance's key for an API that was promised its own. */
function keyFor(api: Api, keys: KeySnapshot): SigningMaterial {
  if (!api.ownKeys) return keys.active
  const own = keys.apis.get(apiId.toUuid(api.id))
  if (!own) throw new AppError('unavailable', { detail: 'The keys of this API are not there yet.', retryAfter: 5 })
  return own.active
}

/** A program that has one API alone means that one. A person's client may mean the userinfo endpoint. */
function usualAudience(ctx: EngineContext, { apis }: Client): string | undefined {
  const [only, ...others] = apis
  return speaksForItself(ctx) && others.length === 0 ? only?.audience : undefined
}

/** Where the operator chose one, and this client may have it. */
async function defaultFor({ apis }: Client, defaultApi: ResourcesDeps['defaultApi']): Promise<string | undefined> {
  if (apis.length === 0) return undefined
  const audience = await defaultApi()
  return apis.find((api) => api.audience === audience)?.audience
}

const speaksForItself = ({ oidc }: EngineContext): boolean => oidc.params?.['grant_type'] === 'client_credentials'

/**
 * RFC 6749 §5.2: a program of whose scopes the API knows none has misspelled them or means another API, and hears of it. What it asks for
 * beside one that there is, or may not have, is left out (§3.3), as where a person asks, so that nothing stops at once when an operator takes a
 * scope away; and those of ours, for libraries add `openid` unasked. The answer says what is left.
 */
function assertOneIsKnown(ctx: EngineContext, known: readonly string[]): void {
  const said = ctx.oidc.params?.['scope']
  if (!speaksForItself(ctx) || typeof said !== 'string') return
  const wanted = said.split(' ').filter(Boolean)
  if (wanted.length === 0 || wanted.some((scope) => known.includes(scope) || ownScopes.has(scope))) return
  throw new errors.InvalidScope(
    'the resource has no such scope: leave it out, or name the API that has it by `resource`',
    said,
  )
}

const resourceServer = (
  audience: string,
  scopes: readonly string[],
  accessTokenTTL: number,
  key: SigningMaterial,
): ResourceServer => ({
  audience,
  scope: scopes.join(' '),
  accessTokenTTL,
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg: key.algorithm, kid: key.kid } },
})
