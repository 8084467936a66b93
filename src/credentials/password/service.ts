import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import { ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import { type About, HashedPassword, isTooLong, judge, normalised, type PasswordRefusal } from './password.ts'
import type { Hasher, RecordPasswordEvent, SealsOfPersons } from './ports.ts'
import { findHash, putHash, rowOf } from './store.ts'

export interface Passwords<By> {
  /** Characters of the shortest password that is taken. */
  readonly minLength: number
  /** Why it would not be taken: for a form, before anything is paid for a hash. */
  refusalOf(password: Secret<string>, about: About): PasswordRefusal | undefined
  /** Judges and hashes, before the transaction that stores: a hash takes as long as a hundred statements. */
  prepare(password: Secret<string>, about: About): Promise<Result<HashedPassword, PasswordRefusal>>
  store(tx: Tx, by: By, user: UserId, password: HashedPassword): Promise<void>
  /** Throws `busy` when one more would be refused. It costs nothing, so ask before anything is looked up. */
  assertRoom(): void
  /** As much work for somebody unknown, or without a password, as for anybody else. */
  verify(user: UserId | undefined, password: Secret<string>): Promise<'match' | 'mismatch'>
}

interface PasswordsDeps<By> {
  readonly db: Db
  readonly hasher: Hasher
  readonly persons: SealsOfPersons
  readonly minLength: number
  readonly clock: Clock
  readonly record: RecordPasswordEvent<By>
}

const placeOf = (user: UserId) => ({ table: 'password_credentials', column: 'hash', row: rowOf(user) }) as const

export function createPasswords<By>(deps: PasswordsDeps<By>): Passwords<By> {
  const { db, hasher, persons, minLength, clock, record } = deps
  /** Looked up in the place of somebody unknown, so that they cost a look-up too. */
  const nobody = defineId('usr').generate()

  async function storedHash(user: UserId): Promise<Secret<string> | undefined> {
    const sealed = await findHash(db, user)
    if (!sealed) return undefined
    const sealer = await persons.of(db, user)
    return sealer.ok ? sealer.value.openText(placeOf(user), sealed) : undefined
  }

  return {
    minLength,
    refusalOf: (password, about) => {
      const judged = judge(password, about, { minLength })
      return judged.ok ? undefined : judged.error
    },
    prepare: async (password, about) => {
      const judged = judge(password, about, { minLength })
      return judged.ok ? ok(new HashedPassword(await hasher.hash(judged.value))) : judged
    },
    store: async (tx, by, user, { phc }) => {
      const sealer = await persons.of(tx, user)
      if (!sealer.ok) throw new Error(`a password cannot be sealed for ${user}: its key is ${sealer.error}`)
      const replaced = await putHash(tx, user, sealer.value.seal(placeOf(user), phc), clock.now())
      await record(tx, by, { action: 'password.set', target: user, after: { public: { replaced } } })
    },
    assertRoom: () => hasher.assertRoom(),
    verify: async (user, password) => {
      // Says nothing of who exists: it is so for everybody.
      if (isTooLong(password)) return 'mismatch'
      const stored = await storedHash(user ?? nobody)
      const matches = await hasher.verify(stored ?? hasher.decoy, normalised(password))
      return matches && stored !== undefined ? 'match' : 'mismatch'
    },
  }
}
