import type { Listener } from '../db/listener.ts'
import { createMemory } from '../db/memory.ts'
import type { Db } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Result } from '../lib/result.ts'
import { checking } from './check.ts'
import { type Held, readHeld } from './held.ts'
import { type Installed, type InstallRefusal, installing } from './install.ts'
import { counts } from './license/standing.ts'
import type { Counts, RecordLicenseEvent, Seals } from './ports.ts'
import { type AssertRoom, assertingRoom } from './room.ts'
import { allowsFeature, LIMITED, type LicenseSettings, type Limited, limitOf, type Status, statusOf } from './status.ts'
import { LICENSE_CHANNEL } from './store.ts'
import type { PinnedKeys } from './vendor-keys.ts'

export interface Licenses<By> {
  /** Judged at each call: signature, time and all. */
  status(): Promise<Status>
  has(feature: string): Promise<boolean>
  /** Undefined: not limited. */
  limits(): Promise<Readonly<Record<Limited, number | undefined>>>
  /** Throws `license-limit-reached` or `license-needed`. */
  readonly assertRoom: AssertRoom
  /** For access tokens, where the configuration wants it. */
  claims(db: () => Promise<Db>): Promise<LicenseClaim | undefined>
  keys(): Promise<PinnedKeys>
  install(by: By, text: string): Promise<Result<Installed, InstallRefusal>>
  remove(by: By): Promise<Result<undefined, 'missing'>>
  check(): Promise<Status>
}

export interface LicenseClaim {
  readonly lic: { readonly edition: string; readonly features: readonly string[] }
}

export interface LicensesDeps<By> {
  readonly db: Db
  readonly listener: Pick<Listener, 'connected' | 'subscribe'>
  readonly seals: Seals
  readonly settings: LicenseSettings & { readonly inTokens: boolean }
  readonly keysPath: string
  readonly clock: Clock
  readonly log: Log
  readonly record: RecordLicenseEvent<By>
  readonly counts: Counts
  /** For what time alone has brought about. */
  readonly byItself: By
}

const THE_ONLY = 'license'

/** Reads nothing before it is asked. */
export async function createLicenses<By>(deps: LicensesDeps<By>): Promise<Licenses<By>> {
  const { db, listener, settings, clock, log } = deps
  const memory = createMemory<Held>({ channel: LICENSE_CHANNEL, listener, clock })
  await memory.listening

  async function held(from: () => Db | Promise<Db>): Promise<Held> {
    const found = memory.get(THE_ONLY)
    if (found) return found
    const keep = memory.reading()
    const read = await readHeld(await from(), deps)
    keep(THE_ONLY, read)
    return read
  }
  const status = async (from: () => Db | Promise<Db> = () => db): Promise<Status> =>
    statusOf(await held(from), settings, clock.now())

  const changes = installing(deps)

  return {
    status: () => status(),
    has: async (feature) => allowsFeature(await status(), feature),
    limits: async () => {
      const now = await status()
      const [users, organisations, clients] = LIMITED.map((what) => limitOf(now, what))
      return { users, organisations, clients }
    },
    assertRoom: assertingRoom(deps, {
      remembered: (tx) => status(() => tx),
      fresh: async (tx) => statusOf(await readHeld(tx, deps), settings, clock.now()),
    }),
    claims: async (from) => {
      if (!settings.inTokens) return undefined
      try {
        const { standing } = await status(from)
        if (!standing || !counts(standing)) return undefined
        const { edition, features } = standing.license
        return { lic: { edition, features } }
      } catch (error) {
        // A token without it is a token all the same: nobody is kept out by a licence.
        log.error({ err: error }, 'the licence could not be read for a token')
        return undefined
      }
    },
    keys: async () => (await held(() => db)).pinned,
    install: (by, text) => changes.install(by, text).finally(memory.forget),
    remove: (by) => changes.remove(by).finally(memory.forget),
    check: checking(deps),
  }
}
