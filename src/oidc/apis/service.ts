import { isDeepStrictEqual } from 'node:util'
import type { ActorContext } from '../../audit/actor.ts'
import type { SnapshotFields } from '../../audit/snapshot.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type Api, apiId, type ScopeWords } from './api.ts'
import { type ApiBounds, type ApiFault, type ApiFields, apiFault, withFields } from './fields.ts'
import { DEFAULT_API, endDefault, findApi, insertApi, listApis, lockApi, tellOfApi, updateApi } from './store.ts'
import { wordsAfter } from './words.ts'

export interface NewApi extends ApiFields {
  readonly audience: string
  readonly name: string
  readonly scopes?: readonly string[]
  readonly scopeWords?: ScopeWords
}

export interface ApiChange extends ApiFields {
  /** None is ever taken away: a role may give it, and a back end ask for it. */
  readonly addScopes?: readonly string[]
  /** Beside those that there are; an empty text takes one away. */
  readonly scopeWords?: ScopeWords
}

export type CreateApiFault = ApiFault

/** What audience, name and scopes can be refused for. */
const provideFaults = [
  'audience-invalid',
  'audience-taken',
  'name-invalid',
  'scope-invalid',
  'scope-reserved',
  'too-many-scopes',
] as const
export type ProvideFault = (typeof provideFaults)[number]

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
  ): Promise<Result<Api, ProvideFault>>
  update(context: ActorContext, audience: string, change: ApiChange): Promise<Result<Api, 'not-found' | ApiFault>>
  /** For a periodic job: whatever API was promised keys of its own has them, of the kind it was promised. */
  ensureKeys(): Promise<void>
}

interface ApisDeps extends ApiBounds {
  readonly db: Db
  readonly events: EventWriter
  readonly clock: Clock
  /** As the owner of the keys' table. Without it no API with keys of its own can be registered. */
  readonly makeKeysOf?: (apiUuid: string) => Promise<void>
}

const plain = {
  scopes: [],
  accessTokenTtl: null,
  ownKeys: false,
  algorithm: null,
  byRole: false,
  claimNames: {},
  carriesPermissions: true,
  isDefault: false,
  scopeWords: {},
} as const satisfies Partial<Api>

export function createApis({ db, events, clock, makeKeysOf, ...bounds }: ApisDeps): Apis {
  /** Who has them must be able to keep them: a key of an API that nobody renews would end with its first rotation. */
  const mayHaveKeys = (wanted: boolean | undefined): void => {
    if (wanted && !makeKeysOf) throw new TypeError('nobody here may make the keys of an API')
  }

  /** The one that is default now is so no longer, on every instance. */
  const takeDefault = async (tx: Tx, { isDefault }: Api): Promise<void> => {
    const before = isDefault ? await endDefault(tx) : undefined
    if (before !== undefined) await tellOfApi(tx, before)
    await tellOfApi(tx, DEFAULT_API)
  }

  const register = (context: ActorContext, input: NewApi): Promise<Result<Api, CreateApiFault>> =>
    attempt(db, async (tx) => {
      const { audience, name, scopes = [], scopeWords = {} } = input
      const api = withFields({ ...plain, id: apiId.generate(), audience, name }, input, scopes, scopeWords)
      const fault = apiFault(api, bounds)
      if (fault) return fail(fault)
      if (api.isDefault) await takeDefault(tx, api)
      if (!(await insertApi(tx, api, clock.now()))) return fail('audience-taken' as const)
      await tellOfApi(tx, audience)
      const { id: target, ...snapshot } = api
      await events.recordEvent(tx, context, { action: 'api.created', target, after: { public: snapshot } })
      return ok(api)
    })

  const change = (
    context: ActorContext,
    audience: string,
    { addScopes = [], scopeWords = {}, ...said }: ApiChange,
  ): Promise<Result<{ readonly before: Api; readonly after: Api }, 'not-found' | ApiFault>> =>
    attempt(db, async (tx) => {
      const before = await lockApi(tx, audience)
      if (!before) return fail('not-found' as const)
      if (before.ownKeys && said.ownKeys === false) return fail('keys-taken-back' as const)
      const words = wordsAfter(before.scopeWords, scopeWords)
      const after = withFields(before, said, [...before.scopes, ...addScopes], words)
      const fault = apiFault(after, bounds, before)
      if (fault) return fail(fault)
      const changed = differing(before, after)
      if (!changed) return ok({ before, after })
      if (before.isDefault !== after.isDefault) await takeDefault(tx, after)
      await updateApi(tx, after)
      await tellOfApi(tx, audience)
      await events.recordEvent(tx, context, { action: 'api.updated', target: after.id, ...changed })
      return ok({ before, after })
    })

  const update: Apis['update'] = async (context, audience, said) => {
    mayHaveKeys(said.ownKeys === true || typeof said.algorithm === 'string')
    const done = await change(context, audience, said)
    if (!done.ok) return done
    const { before, after } = done.value
    // The next key is of the kind that was asked for; the one that signs goes on until that one is known everywhere.
    if (after.ownKeys && (!before.ownKeys || before.algorithm !== after.algorithm))
      await makeKeysOf?.(apiId.toUuid(after.id))
    return ok(after)
  }

  return {
    find: (audience) => findApi(db, audience),
    list: () => listApis(db),
    create: async (context, input) => {
      mayHaveKeys(input.ownKeys)
      const created = await register(context, input)
      // After it: the keys refer to it. Should the process die here, tokens for it are refused until `ensureKeys`.
      if (created.ok && created.value.ownKeys) await makeKeysOf?.(apiId.toUuid(created.value.id))
      return created
    },
    provide: async (context, input) => {
      const { audience, name, scopes } = input
      const widened = await update(context, audience, { byRole: true, addScopes: scopes })
      const provided =
        !widened.ok && widened.error === 'not-found'
          ? await register(context, { audience, name, scopes, byRole: true })
          : widened
      if (provided.ok) return provided
      const fault = provideFaults.find((one) => one === provided.error)
      if (!fault) throw new Error(`an API was refused for what nobody said: ${provided.error}`)
      return fail(fault)
    },
    update,
    ensureKeys: async () => {
      for (const api of await listApis(db)) if (api.ownKeys) await makeKeysOf?.(apiId.toUuid(api.id))
    },
  }
}

/** What is other than before, as the log keeps it. */
function differing({ id: _, ...before }: Api, { id: _1, ...after }: Api) {
  const names = (Object.keys(after) as (keyof typeof after)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  )
  const of = (api: typeof after): SnapshotFields => Object.fromEntries(names.map((name) => [name, api[name]]))
  return names.length === 0 ? undefined : { before: { public: of(before) }, after: { public: of(after) } }
}
