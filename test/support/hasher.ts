import { localEngine } from '../../src/credentials/password/hashing/engine.ts'
import { type Argon2Hasher, argon2Hasher } from '../../src/credentials/password/hashing/hasher.ts'
import type { Log } from '../../src/lib/log.ts'

/**
 * Argon2id in this process, with as little work as it can do: a child at the lowest priority waits a second for its turn
 * while other tests run. What the child does is tested by itself, and with every built server.
 */
export const quickHasher = (log: Log, queue = 100): Argon2Hasher =>
  argon2Hasher({ settings: { memory: 64 * 1024, iterations: 1, queue }, log, engine: localEngine })
