import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { AppError } from '../../../errors/app-error.ts'
import type { Log } from '../../../lib/log.ts'
import { Secret } from '../../../lib/secret.ts'
import { parseArgon2 } from '../formats/argon2.ts'
import { READ_BY_BCRYPT } from '../formats/bcrypt.ts'
import { readHash } from '../formats/read-hash.ts'
import type { Hasher } from '../ports.ts'
import type { ChildOptions } from './child-engine.ts'
import { type Engine, EngineLost } from './engine.ts'
import { Gate } from './gate.ts'
import { supervisedChild } from './supervisor.ts'
import type { Argon2Parameters, Outcome, Task } from './task.ts'

export interface Argon2Settings {
  /** Bytes. */
  readonly memory: number
  readonly iterations: number
  readonly queue: number
}

interface HasherOptions {
  readonly settings: Argon2Settings
  readonly log: Log
  readonly child?: Partial<ChildOptions>
  /** In the place of a child: for whoever has nobody to protect from the work. */
  readonly engine?: Engine
}

/**
 * One processor stays free for whoever serves: a sign-in is as much work for it as for the hash, so on two of them more at
 * a time gain nothing and hold everybody else up. More than two would take memory (19 MiB each, more where so configured).
 */
export const HASHES_AT_ONCE = Math.max(1, Math.min(2, availableParallelism() - 1))

const childDefaults: ChildOptions = {
  threads: HASHES_AT_ONCE,
  startDeadlineMs: 20_000,
  taskDeadlineMs: 20_000,
  stopDeadlineMs: 3_000,
  retryAfterMs: 60_000,
}

export interface Argon2Hasher extends Hasher {
  /** What runs is finished; who waits is refused. */
  stop(): Promise<void>
}

/**
 * Argon2id in a process of its own, at the lowest priority: in ours it would share libuv's threads with the signing of
 * tokens, and a storm of sign-ins would hold every API up. The child starts with the first password.
 */
export function argon2Hasher({ settings, log, child, engine: given }: HasherOptions): Argon2Hasher {
  const parameters = parametersOf(settings)
  const gate = new Gate({ concurrency: HASHES_AT_ONCE, maxWaiting: settings.queue })
  const engine = given ?? supervisedChild({ ...childDefaults, ...child }, log)
  const run = (task: Task) => gate.run(() => twice(engine, task))
  return {
    decoy: decoyFor(parameters),
    assertRoom: () => gate.assertRoom(),
    hash: async (password) =>
      new Secret(z.string().parse(resultOf(await run({ kind: 'hash', password: password.reveal(), parameters })))),
    verify: async (phc, password) =>
      z.boolean().parse(resultOf(await run({ kind: 'verify', password: password.reveal(), phc: phc.reveal() }))),
    isOutdated: (phc, password) => isWeaker(phc, parameters) && isProvenWhole(phc, password),
    stop: async () => {
      await gate.close()
      await engine.stop()
    },
  }
}

const parametersOf = ({ memory, iterations }: Argon2Settings): Argon2Parameters => ({
  memoryCost: Math.floor(memory / 1024),
  timeCost: iterations,
})

/** A child that dies is no reason to refuse a password; but one that kills two children is not sent to a third. */
async function twice(engine: Engine, task: Task): Promise<Outcome> {
  const lost = (error: unknown) => {
    if (!(error instanceof EngineLost)) throw error
  }
  const first = await engine.run(task).catch(lost)
  const outcome = first ?? (await engine.run(task).catch(lost))
  if (!outcome) throw new AppError('busy', { retryAfter: 1 })
  return outcome
}

function resultOf(outcome: Outcome): string | boolean {
  if (outcome.ok) return outcome.value
  throw new Error(`a password could not be hashed or checked: ${outcome.reason}`)
}

/** Of less memory, or of less work in all. What costs more than it would today stays: a lower setting weakens nobody. */
function isWeaker(phc: Secret<string>, { memoryCost, timeCost }: Argon2Parameters): boolean {
  const made = parseArgon2(phc.reveal())
  if (made?.variant !== 'argon2id' || made.version !== 19) return true
  return made.memoryCost < memoryCost || made.memoryCost * made.timeCost < memoryCost * timeCost
}

/** What stands behind the part that bcrypt reads was never compared: a slip there would become the password. */
function isProvenWhole(phc: Secret<string>, password: Secret<string>): boolean {
  return readHash(phc.reveal())?.scheme !== 'bcrypt' || Buffer.byteLength(password.reveal()) <= READ_BY_BCRYPT
}

/** Salt and hash of nothing: as much work as any, and no password leads to it. */
function decoyFor({ memoryCost, timeCost }: Argon2Parameters): Secret<string> {
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const [salt, hash] = [unpadded(Buffer.alloc(16, 1)), unpadded(Buffer.alloc(32, 1))]
  return new Secret(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$${salt}$${hash}`)
}
