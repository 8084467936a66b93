import type { Listener } from '../../db/listener.ts'
import type { Db } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Log } from '../../lib/log.ts'
import { coalesce } from '../coalesce.ts'
import { SIGNING_KEYS_CHANNEL } from '../notice.ts'
import type { Sealer } from '../seal/sealer.ts'
import type { SigningMaterial } from './material.ts'
import { openSigningKey } from './open-key.ts'
import type { SigningKeyRow } from './signing-key.ts'
import { listSigningKeys } from './store.ts'

/** What signs and what is published at one moment; it never changes, another takes its place. */
export interface KeySnapshot {
  readonly active: SigningMaterial
  /** Active first, then next, then retired. */
  readonly published: readonly SigningMaterial[]
  readonly jwks: { readonly body: string; readonly etag: string }
}

export interface KeySet {
  /** Before signing or publishing: never older than what this process can vouch for. */
  fresh(): Promise<KeySnapshot>
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
    const loaded = await load(await listSigningKeys(db), { instance, log, known: snapshot?.published ?? [] })
    // First the callbacks: while one fails, the news counts as unheard, and nobody goes on with the keys of before.
    if (loaded.jwks.etag !== snapshot?.jwks.etag) for (const callback of callbacks) callback(loaded)
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

  await listener.subscribe(SIGNING_KEYS_CHANNEL, { onMessage: hear, onGap: hear })
  await reload()
  return {
    fresh: async () => {
      if (!mayVouch()) await reload()
      if (!snapshot) throw new AppError('keyring-empty')
      return snapshot
    },
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

async function load(rows: readonly SigningKeyRow[], { instance, log, known }: LoadDeps): Promise<KeySnapshot> {
  const live = rows.filter((row) => row.state !== 'gone').sort((a, b) => order[a.state] - order[b.state])
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
