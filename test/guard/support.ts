import { sql } from 'kysely'
import { afterAll, inject, onTestFinished } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { openDatabase } from '../../src/db/database.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import type { Tx } from '../../src/db/types.ts'
import { newBrowser } from '../../src/guard/browsers/browser.ts'
import type { Attempt, Begun, Ticket } from '../../src/guard/lockout/lockout.ts'
import { openGuard } from '../../src/instance/guard.ts'
import { openServices } from '../../src/instance/services.ts'
import { type UserId, userId } from '../../src/users/user.ts'
import { load } from '../config/surroundings.ts'
import { type FrozenClock, frozenClock } from '../support/clock.ts'
import { PATIENT_MS, testConfig } from '../support/config.ts'
import { createTestDatabase } from '../support/database.ts'
import { captureLog } from '../support/log.ts'
import { STARTED_TEMPLATE } from '../support/template.ts'

export const MINUTE = 60_000
const START = new Date('2030-01-15T12:00:00.000Z')
export const stranger: ActorContext = { actor: { kind: 'anonymous' } }
export const admin: ActorContext = { actor: { kind: 'operator', id: 'user unlock' } }
export const somebody = (): UserId => userId.generate()

interface GuardOptions {
  readonly yaml?: string
  readonly env?: Record<string, string>
}

/** One database for the tests of a file. */
async function openShared(clock: FrozenClock, closing: AsyncDisposableStack) {
  const database = closing.adopt(await createTestDatabase({ template: STARTED_TEMPLATE }), (it) => it.close())
  const services = closing.adopt(
    await openServices({
      config: testConfig({ KEYS_DIR: inject('postgres').keysDir }),
      target: database.target,
      clock,
      log: captureLog().log,
      actor: { kind: 'system', id: 'test' },
      bootstrap: false,
    }),
    (it) => it.close(),
  )
  return { clock, database, services, root: await database.superuser() }
}
type Shared = Awaited<ReturnType<typeof openShared>>

/** To be called at the top of a file: each world that it makes begins with nothing counted. */
export function guardWorlds(): (options?: GuardOptions) => Promise<GuardWorld> {
  const closing = new AsyncDisposableStack()
  afterAll(() => closing.disposeAsync())
  let shared: Promise<Shared> | undefined
  return async (options = {}) => {
    shared ??= openShared(frozenClock(), closing)
    return guardWorld(await shared, options)
  }
}

/** The guard of an instance, as often as a test wants it over the same database: each with connections of its own. */
async function guardWorld({ clock, database, services, root }: Shared, { yaml = '', env = {} }: GuardOptions) {
  await root.query('TRUNCATE lockouts, rate_limits, known_browsers, signed_in_people')
  clock.set(START)
  // By the transaction: their ids go by the clock, which stands at the same time in every world of this database.
  const { rows: begun } = await sql<{ xid: string }>`SELECT pg_current_xact_id()::text AS xid`.execute(database.app)
  const log = captureLog()
  const { config } = load({ yaml, env: { ISSUER_URL: 'https://id.example.com', ...env } })

  /** What another process of the same instance would have, or the same one after a restart. */
  const instance = () => {
    const own = openDatabase({ target: database.target, poolSize: 10, connectionWait: PATIENT_MS, log: log.log })
    const guard = openGuard({ ...services, config, database: own, clock, log: log.log })
    onTestFinished(async () => {
      await guard.close()
      await own.close()
    })
    return guard
  }
  const guard = instance()
  const { lockout } = guard
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inTransaction(database.app, work)

  const begin = (attempt: Partial<Omit<Attempt, 'email'>> & { email?: string } = {}, of = lockout): Promise<Begun> =>
    of.begin({ pool: 'password', ...attempt, email: guard.emailKey(attempt.email ?? 'ada@example.com') })
  /** Begun and not given back. */
  const fail = async (attempt: Parameters<typeof begin>[0] = {}): Promise<Ticket> => {
    const begun = await begin(attempt)
    if (begun.kind !== 'go') throw new Error(`not judged: ${begun.kind}`)
    await lockout.failed(stranger, begun.ticket, attempt.user)
    return begun.ticket
  }
  return {
    services,
    root,
    clock,
    log,
    guard,
    instance,
    within,
    begin,
    fail,
    failTimes: async (times: number, attempt: Parameters<typeof begin>[0] = {}) => {
      for (let time = 0; time < times; time += 1) await fail(attempt)
    },
    complete: (...arrived: [user: UserId, browser?: Attempt['browser']]) =>
      within((tx) => lockout.completed(tx, { user: arrived[0], browser: arrived[1] })),
    /** A browser in which this person has completed a sign-in. */
    knownBrowser: async (user: UserId) => {
      const browser = newBrowser()
      await within((tx) => guard.browsers.remember(tx, user, browser))
      return { ...browser, isFresh: false }
    },
    events: (action: string) =>
      inInstance(database.owner, (tx) =>
        tx
          .selectFrom('events')
          .selectAll()
          .where('action', '=', action)
          .where(sql<boolean>`xid > ${begun[0]?.xid}::xid8`)
          .orderBy('id')
          .execute(),
      ),
    countOf: async (table: 'lockouts' | 'rate_limits' | 'known_browsers') => {
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)}`.execute(
        database.app,
      )
      return rows[0]?.n
    },
  }
}

export type GuardWorld = Awaited<ReturnType<typeof guardWorld>>

/** What came of so many at the same moment. */
export const atOnce = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)))
