import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type Api, apiId, isAudience, scopeName } from './api.ts'
import { findApi, insertApi, listApis, tellOfApi } from './store.ts'

export interface NewApi {
  readonly audience: string
  readonly name: string
  readonly scopes?: readonly string[]
  /** Seconds. */
  readonly accessTokenTtl?: number
  readonly ownKeys?: boolean
}

export type CreateApiFault = 'audience-invalid' | 'audience-taken' | 'name-invalid' | 'scope-invalid' | 'ttl-too-long'

export interface Apis {
  find(audience: string): Promise<Api | undefined>
  list(): Promise<Api[]>
  create(context: ActorContext, input: NewApi): Promise<Result<Api, CreateApiFault>>
  /** For a periodic job: whatever API was promised keys of its own has them. */
  ensureKeys(): Promise<void>
}

interface ApisDeps {
  readonly db: Db
  readonly events: EventWriter
  readonly clock: Clock
  /** The audience of tokens for which nobody named an API. */
  readonly issuer: string
  /** Milliseconds that a retired key stays published: no token may live longer. */
  readonly longestTokenLifetime: number
  /** As the owner of the keys' table. Without it no API with keys of its own can be registered. */
  readonly makeKeysOf?: (apiUuid: string) => Promise<void>
}

export function createApis({ db, events, clock, issuer, longestTokenLifetime, makeKeysOf }: ApisDeps): Apis {
  const faultOf = ({ audience, name, scopes = [], accessTokenTtl = 1 }: NewApi): CreateApiFault | undefined => {
    if (!isAudience(audience)) return 'audience-invalid'
    if (audience === issuer) return 'audience-taken'
    if (name.trim() === '' || name.length > 200) return 'name-invalid'
    if (!scopes.every((scope) => scopeName.safeParse(scope).success)) return 'scope-invalid'
    return accessTokenTtl * 1000 > longestTokenLifetime ? 'ttl-too-long' : undefined
  }
  const register = (context: ActorContext, input: NewApi): Promise<Result<Api, CreateApiFault>> =>
    attempt(db, async (tx) => {
      const fault = faultOf(input)
      if (fault) return fail(fault)
      const { audience, name, scopes = [], accessTokenTtl = null, ownKeys = false } = input
      const id = apiId.generate()
      const api: Api = { id, audience, name: name.trim(), scopes: [...new Set(scopes)], accessTokenTtl, ownKeys }
      if (!(await insertApi(tx, api, clock.now()))) return fail('audience-taken' as const)
      await tellOfApi(tx, audience)
      const { id: _, ...snapshot } = api
      await events.recordEvent(tx, context, { action: 'api.created', target: id, after: { public: snapshot } })
      return ok(api)
    })
  return {
    find: (audience) => findApi(db, audience),
    list: () => listApis(db),
    create: async (context, input) => {
      if (input.ownKeys && !makeKeysOf) throw new TypeError('nobody here may make the keys of an API')
      const created = await register(context, input)
      // After it: the keys refer to it. Should the process die here, tokens for it are refused until `ensureKeys`.
      if (created.ok && created.value.ownKeys) await makeKeysOf?.(apiId.toUuid(created.value.id))
      return created
    },
    ensureKeys: async () => {
      for (const api of await listApis(db)) if (api.ownKeys) await makeKeysOf?.(apiId.toUuid(api.id))
    },
  }
}
