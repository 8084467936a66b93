import { onTestFinished } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import type { ChildOptions } from '../../src/credentials/password/hashing/child-engine.ts'
import { type Engine, localEngine } from '../../src/credentials/password/hashing/engine.ts'
import { type Argon2Hasher, type Argon2Settings, argon2Hasher } from '../../src/credentials/password/hashing/hasher.ts'
import { createPasswords, type Passwords, type PasswordsDeps } from '../../src/credentials/password/service.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { UserId } from '../../src/users/user.ts'
import { type CapturedLog, captureLog } from '../support/log.ts'
import { ada, by, type PeopleWorld, password } from '../users/support.ts'

export interface TestHasher extends Argon2Hasher {
  readonly log: CapturedLog
}

interface Options {
  readonly settings?: Partial<Argon2Settings>
  readonly child?: Partial<ChildOptions>
  /** `localEngine` where the process that hashes is not what matters: at the lowest priority it waits for all other tests. */
  readonly engine?: Engine
}

/** The real one, with what an operator may set, gone with the test. */
export function testHasher({ settings = {}, child = {}, engine }: Options = {}): TestHasher {
  const log = captureLog()
  const hasher = argon2Hasher({
    settings: { memory: 19 * 1024 * 1024, iterations: 2, queue: 100, ...settings },
    log: log.log,
    child,
    ...(engine && { engine }),
  })
  onTestFinished(() => hasher.stop())
  return { ...hasher, log }
}

export const secret = (text: string) => new Secret(text)

export async function createUser({ users }: PeopleWorld, email = ada.email): Promise<UserId> {
  const created = await users.create(by, { ...ada, email })
  if (!created.ok) throw new Error(created.error)
  return created.value.id
}

export const policy = {
  minimum: { alone: 12, besideASecond: 12 },
  serviceNames: ['Hearthkey', 'id.example.com'],
  history: 0,
  checkAtSignIn: true,
} as const

const hashers = new WeakMap<PeopleWorld, TestHasher>()

/** One for a world, however many rooms a test makes in it. */
function hasherOf(world: PeopleWorld): TestHasher {
  const made = hashers.get(world) ?? testHasher({ engine: localEngine })
  hashers.set(world, made)
  return made
}

/** The room as a test wants it, over the database and the keys of a whole instance. */
export function passwordsIn(
  world: PeopleWorld,
  own: Partial<PasswordsDeps<ActorContext>> = {},
): Passwords<ActorContext> {
  return createPasswords<ActorContext>({
    db: world.database.app,
    hasher: own.hasher ?? hasherOf(world),
    persons: world.services.keyring.persons,
    policy,
    clock: world.clock,
    log: world.log.log,
    record: world.services.events.recordEvent,
    itself: { actor: { kind: 'system', id: 'passwords' } },
    ...own,
  })
}

export async function setPassword(
  { passwords, database }: Pick<PeopleWorld, 'passwords' | 'database'>,
  user: UserId,
  text = password,
): Promise<void> {
  const prepared = await passwords.prepare(secret(text), { ...ada, user })
  if (!prepared.ok) throw new Error(prepared.error.reason)
  await inTransaction(database.app, (tx) => passwords.store(tx, by, user, prepared.value))
}

/** A hash that another system made. */
export async function importPassword(
  { passwords, database }: Pick<PeopleWorld, 'passwords' | 'database'>,
  user: UserId,
  hash: string,
): Promise<void> {
  const read = passwords.adopt(secret(hash))
  if (!read.ok) throw new Error(read.error.reason)
  await inTransaction(database.app, (tx) => passwords.store(tx, by, user, read.value))
}
