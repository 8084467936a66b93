import { inject, onTestFinished } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { argon2Hasher } from '../../src/credentials/password/hashing/hasher.ts'
import { openPeople, type People } from '../../src/instance/people.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { type FrozenClock, frozenClock } from './clock.ts'
import { testConfig } from './config.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { quickHasher } from './hasher.ts'
import { type CapturedLog, captureLog } from './log.ts'
import { STARTED_TEMPLATE } from './template.ts'

export interface TestInstance {
  readonly config: Config
  readonly clock: FrozenClock
  readonly log: CapturedLog
  readonly database: TestDatabase
  readonly services: Services
  readonly people: People
}

export interface TestInstanceOptions {
  readonly env?: Record<string, string>
  readonly clock?: FrozenClock
  /** As the server hashes: in a process of its own, and with the whole work. */
  readonly hashesForReal?: boolean
}

/** Its rooms, on a database of its own, in this process, with time standing still. Gone with the test. */
export async function createTestInstance({
  env = {},
  clock = frozenClock(),
  hashesForReal = false,
}: TestInstanceOptions = {}): Promise<TestInstance> {
  const database = await createTestDatabase({ template: STARTED_TEMPLATE })
  onTestFinished(() => database.close())
  const config = testConfig({ KEYS_DIR: inject('postgres').keysDir, ...env })
  const log = captureLog()
  const services = await openServices({
    config,
    target: database.target,
    clock,
    log: log.log,
    actor: { kind: 'system', id: 'test' },
    bootstrap: false,
  })
  onTestFinished(() => services.close())
  const { argon2 } = config.passwords
  const hasher = hashesForReal ? argon2Hasher({ settings: argon2, log: log.log }) : quickHasher(log.log, argon2.queue)
  const people = openPeople({ ...services, config, clock, log: log.log, hasher })
  onTestFinished(() => people.close())
  return { config, clock, log, database, services, people }
}
