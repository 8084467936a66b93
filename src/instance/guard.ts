import type { ActorContext } from '../audit/actor.ts'
import { NOBODY } from '../audit/sealer.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { type Admission, createAdmission } from '../guard/admission/service.ts'
import { type BrowserCookie, browserCookie } from '../guard/browsers/cookie.ts'
import { createKnownBrowsers, type KnownBrowsers } from '../guard/browsers/service.ts'
import { identities } from '../guard/identity.ts'
import { withFailover } from '../guard/limits/failover.ts'
import { postgresCounters } from '../guard/limits/postgres-counters.ts'
import { createQuotas, type Quotas } from '../guard/limits/quotas.ts'
import { redisCounters } from '../guard/limits/redis-counters.ts'
import { rulesOf } from '../guard/limits/rules.ts'
import { createLimits, type Limits } from '../guard/limits/service.ts'
import { createLockout, type Lockout } from '../guard/lockout/service.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { parseEmail } from '../users/email.ts'

/** What stands between a guesser and an account. */
export interface Guard {
  readonly lockout: Lockout<ActorContext>
  readonly limits: Limits
  /** Both, in the order in which a guess meets them. */
  readonly admit: Admission
  readonly quotas: Quotas
  readonly browsers: KnownBrowsers
  readonly browserCookie: BrowserCookie
  /** Under which name an address that was typed is counted, in both. */
  emailKey(typed: string): Buffer
  close(): Promise<void>
}

interface GuardOptions {
  readonly config: Config
  readonly database: Pick<Database, 'app'>
  readonly events: EventWriter
  readonly keyring: Pick<Keyring, 'blindIndex'>
  readonly clock: Clock
  readonly log: Log
}

/** Costs nothing until a limit is asked for: then Redis is connected to, where there is one. */
export function openGuard({ config, database, events, keyring, clock, log }: GuardOptions): Guard {
  const { app: db } = database
  const { blindIndex: index } = keyring
  const named = identities(index, (typed) => {
    const email = parseEmail(typed)
    return email.ok ? email.value.identity : undefined
  })
  const { redisUrl } = config.limits
  const redis = redisUrl && redisCounters(redisUrl)
  const inDatabase = postgresCounters(db)
  const rules = rulesOf(config.limits)
  const counters = redis ? withFailover(redis, inDatabase, log) : inDatabase
  const limits = createLimits({ rules, counters, index, identities: named, clock })
  const lockout: Lockout<ActorContext> = createLockout({
    db,
    policy: config.lockout,
    identities: named,
    nobody: NOBODY,
    clock,
    record: events.recordEvent,
    recordRefusal: (by, event) => events.recordRefusal(db, by, event),
  })
  return {
    limits,
    quotas: createQuotas({ limits, rules }),
    lockout,
    admit: createAdmission({ limits, lockout, together: redis ? undefined : db }),
    browsers: createKnownBrowsers({ db, identities: named, nobody: NOBODY, clock }),
    browserCookie: browserCookie(config.server.issuerUrl),
    emailKey: named.email,
    close: async () => redis?.close(),
  }
}
