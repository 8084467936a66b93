import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type Api, apiId, isAudience, scopeName } from './api.ts'
import { findApi, insertApi, listApis, lockApi, tellOfApi, updateScopes } from './store.ts'

export interface NewApi {
  readonly audience: string
  readonly name: string
  readonly scopes?: readonly string[]
  /** Seconds. */
  readonly accessTokenTtl?: number
  readonly ownKeys?: boolean
  readonly byRole?: boolean
}

export interface ApiChange {
  readonly byRole?: boolean
  /** None is ever taken away: a role may give it, and a back end ask for it. */
  readonly addScopes?: readonly string[]
}

export type CreateApiFault = 'audience-invalid' | 'audience-taken' | 'name-invalid' | 'scope-invalid' | 'ttl-too-long'

export interface Apis {
  find(audience: string): Promise<Api | undefined>
  list(): Promise<Api[]>
  create(context: ActorContext, input: NewApi): Promise<Result<Api, CreateApiFault>>
  /**
   * For roles that give these scopes: the API is made, or gets those that it lacks, and loses none. From then on roles
   * decide who has which.
   */
  provide(
    context: ActorContext,
    api: Required<Pick<NewApi, 'audience' | 'name' | 'scopes'>>,
  ): Promise<Result<Api, CreateApiFault>>
  update(
    context: ActorContext,
    audience: string,
    change: ApiChange,
  ): Promise<Result<Api, 'not-found' | 'scope-invalid'>>
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

const areScopes = (scopes: readonly string[]): boolean => scopes.every((scope) => scopeName.safeParse(scope).success)

export function createApis({ db, events, clock, issuer, longestTokenLifetime, makeKeysOf }: ApisDeps): Apis {
  const faultOf = ({ audience, name, scopes = [], accessTokenTtl = 1 }: NewApi): CreateApiFault | undefined => {
    if (!isAudience(audience)) return 'audience-invalid'
    if (audience === issuer) return 'audience-taken'
    if (name.trim() === '' || name.length > 200) return 'name-invalid'
    if (!areScopes(scopes)) return 'scope-invalid'
    return accessTokenTtl * 1000 > longestTokenLifetime ? 'ttl-too-long' : undefined
  }
  const register = (context: ActorContext, input: NewApi): Promise<Result<Api, CreateApiFault>> =>
    attempt(db, async (tx) => {
      const fault = faultOf(input)
      if (fault) return fail(fault)
      const { audience, name, scopes = [], accessTokenTtl = null, ownKeys = false, byRole = false } = input
      const id = apiId.generate()
      const own = { accessTokenTtl, ownKeys, byRole }
      const api: Api = { id, audience, name: name.trim(), scopes: [...new Set(scopes)], ...own }
      if (!(await insertApi(tx, api, clock.now()))) return fail('audience-taken' as const)
      await tellOfApi(tx, audience)
      const { id: _, ...snapshot } = api
      await events.recordEvent(tx, context, { action: 'api.created', target: id, after: { public: snapshot } })
      return ok(api)
    })
  const update: Apis['update'] = (context, audience, { byRole, addScopes = [] }) =>
    attempt(db, async (tx): Promise<Result<Api, 'not-found' | 'scope-invalid'>> => {
      if (!areScopes(addScopes)) return fail('scope-invalid')
      const before = await lockApi(tx, audience)
      if (!before) return fail('not-found')
      const scopes = [...new Set([...before.scopes, ...addScopes])]
      const after: Api = { ...before, scopes, byRole: byRole ?? before.byRole }
      if (before.byRole === after.byRole && scopes.length === before.scopes.length) return ok(before)
      await updateScopes(tx, after)
      await tellOfApi(tx, after.audience)
      const of = ({ scopes, byRole }: Api) => ({ public: { scopes, byRole } })
      await events.recordEvent(tx, context, {
        action: 'api.updated',
        target: after.id,
        before: of(before),
        after: of(after),
      })
      return ok(after)
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
    provide: async (context, input) => {
      const fault = faultOf(input)
      if (fault) return fail(fault)
      const widened = await update(context, input.audience, { byRole: true, addScopes: input.scopes })
      if (widened.ok) return widened
      return widened.error === 'not-found' ? register(context, { ...input, byRole: true }) : fail(widened.error)
    },
    update,
    ensureKeys: async () => {
      for (const api of await listApis(db)) if (api.ownKeys) await makeKeysOf?.(apiId.toUuid(api.id))
    },
  }
}
