import type { Listener } from '../../db/listener.ts'
import type { Db } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Log } from '../../lib/log.ts'
import type { Soon } from '../../lib/soon.ts'
import { coalesce } from '../coalesce.ts'
import { SIGNING_KEYS_CHANNEL } from '../notice.ts'
import type { Sealer } from '../seal/sealer.ts'
import type { SigningMaterial } from './material.ts'
import { openSigningKey } from './open-key.ts'
import type { SigningKeyRow } from './signing-key.ts'
import { listLiveSigningKeys } from './store.ts'

/** One set: what signs and what is published. */
export interface KeysOfOne {
  readonly active: SigningMaterial
  /** Active first, then next, then retired. */
  readonly published: readonly SigningMaterial[]
  readonly jwks: { readonly body: string; readonly etag: string }
}

/** The instance's keys at one moment, and those of APIs that have their own; it never changes, another takes its place. */
export interface KeySnapshot extends KeysOfOne {
  /** By the API's uuid. */
  readonly apis: ReadonlyMap<string, KeysOfOne>
  /** Differs when any key of any set does. */
  readonly version: string
}

export interface KeySet {
  /** Before signing or publishing: never older than what this process can vouch for. */
  fresh(): Soon<KeySnapshot>
  /** Called with each snapshot that differs from the one before, the provider being rebuilt by it. Answers how to stop. */
  onChange(callback: (snapshot: KeySnapshot) => void): () => void
}

interface KeySetDeps {
  readonly db: Db
  readonly instance: Sealer
  readonly listener: Pick<Listener, 'connected' | 'subscribe'>
  readonly clock: Clock
  readonly log: Log
}

/** While notifications come, a second look now and then guards against one lost unnoticed; while they do not, we ask. */
const HEARING_MS = 300_000
const DEAF_MS = 2_000

export async function openKeySet({ db, instance, listener, clock, log }: KeySetDeps): Promise<KeySet> {
  const callbacks = new Set<(snapshot: KeySnapshot) => void>()
  let snapshot: KeySnapshot | undefined
  let loadedAt = 0
  let newsHeard = 0
  let newsLoaded = 0

  const reload = coalesce(async () => {
    const [at, news] = [clock.now().getTime(), newsHeard]
    const loaded = await load(await listLiveSigningKeys(db), { instance, log, known: knownIn(snapshot) })
    // First the callbacks: while one fails, the news counts as unheard, and nobody goes on with the keys of before.
    if (loaded.version !== snapshot?.version) for (const callback of callbacks) callback(loaded)
    snapshot = loaded
    loadedAt = at
    newsLoaded = news
  })
  const hear = () => {
    newsHeard += 1
    reload().catch((error: unknown) => log.error({ err: error }, 'the signing keys could not be reloaded'))
  }
  const mayVouch = (): boolean => {
    // What was loaded before or during a silence is believed no longer, once the silence is over.
    if (!listener.connected && newsHeard === newsLoaded) newsHeard += 1
    const age = clock.now().getTime() - loadedAt
    // Younger than nothing: the clock was set back, and the age is anybody's guess.
    if (age < 0) return false
    return listener.connected ? newsHeard === newsLoaded && age < HEARING_MS : age < DEAF_MS
  }

  const reloaded = async (): Promise<KeySnapshot> => {
    await reload()
    if (!snapshot) throw new AppError('keyring-empty')
    return snapshot
  }

  await listener.subscribe(SIGNING_KEYS_CHANNEL, { onMessage: hear, onGap: hear })
  await reload()
  return {
    fresh: () => (snapshot && mayVouch() ? snapshot : reloaded()),
    onChange: (callback) => {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
  }
}

interface LoadDeps {
  readonly instance: Sealer
  readonly log: Log
  /** Imported before: importing a key costs more than signing with it. */
  readonly known: readonly SigningMaterial[]
}

const order = { active: 0, next: 1, retired: 2, gone: 3 } as const

const knownIn = (snapshot: KeySnapshot | undefined): SigningMaterial[] =>
  snapshot ? [snapshot, ...snapshot.apis.values()].flatMap(({ published }) => published) : []

async function load(rows: readonly SigningKeyRow[], deps: LoadDeps): Promise<KeySnapshot> {
  const { own = [], ...ofApis } = Object.groupBy(rows, ({ api_id }) => api_id ?? 'own')
  const instance = await loadOne(own, deps)
  const apis = new Map<string, KeysOfOne>()
  for (const [api, keys = []] of Object.entries(ofApis)) {
    // One API without a key is refused its tokens; the others and the instance go on.
    const loaded = await loadOne(keys, deps).catch((error: unknown) => {
      deps.log.error({ err: error, api }, 'the keys of an API do not open: no token is issued for it')
      return undefined
    })
    if (loaded) apis.set(api, loaded)
  }
  const tags = [...apis].map(([api, { jwks }]) => `${api} ${jwks.etag}`)
  return { ...instance, apis, version: sha256([instance.jwks.etag, ...tags].join('\n')).toString('base64url') }
}

async function loadOne(rows: readonly SigningKeyRow[], { instance, log, known }: LoadDeps): Promise<KeysOfOne> {
  const live = rows.toSorted((a, b) => order[a.state] - order[b.state])
  const published: SigningMaterial[] = []
  for (const row of live) {
    const material =
      known.find(({ kid }) => kid === row.kid) ??
      (await openSigningKey(instance, row).catch((error: unknown) => {
        // Without the active key nothing can be signed; without an old one a few old tokens fail.
        if (row.state === 'active') throw error
        log.error({ err: error, kid: row.kid, state: row.state }, 'a signing key does not open and is not published')
        return undefined
      }))
    if (material) published.push(material)
  }
  const [active] = published
  if (!active || live[0]?.state !== 'active') throw new AppError('keyring-empty')
  const body = JSON.stringify({ keys: published.map(({ publicJwk }) => publicJwk) })
  return { active, published, jwks: { body, etag: `"${sha256(body).toString('base64url')}"` } }
}
