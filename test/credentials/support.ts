import { onTestFinished } from 'vitest'
import type { ChildOptions } from '../../src/credentials/password/argon2/child-engine.ts'
import { type Argon2Hasher, type Argon2Settings, argon2Hasher } from '../../src/credentials/password/argon2/hasher.ts'
import { type CapturedLog, captureLog } from '../support/log.ts'

export interface TestHasher extends Argon2Hasher {
  readonly log: CapturedLog
}

interface Options {
  readonly settings?: Partial<Argon2Settings>
  readonly child?: Partial<ChildOptions>
}

/** The real one, with what an operator may set, gone with the test. */
export function testHasher({ settings = {}, child = {} }: Options = {}): TestHasher {
  const log = captureLog()
  const hasher = argon2Hasher({
    settings: { memory: 19 * 1024 * 1024, iterations: 2, queue: 100, ...settings },
    log: log.log,
    child,
  })
  onTestFinished(() => hasher.stop())
  return { ...hasher, log }
}
