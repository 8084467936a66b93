import type { Whose } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import { type ImportRefusal, importedHash } from './formats/imported.ts'
import { isAmongLast, keepFormer, placeOf } from './history.ts'
import {
  type About,
  HashedPassword,
  isTooLong,
  judge,
  lengthOf,
  normalised,
  Overtaken,
  type PasswordRefusal,
  type Policy,
} from './password.ts'
import type { Breaches, Hasher, RecordPasswordEvent, SealsOfPersons } from './ports.ts'
import { rehash, type Stored } from './rehash.ts'
import { findHash, hashFinder, holdSince, holdVersion, lockHash, putHash, type StoredHash, vouchFor } from './store.ts'

export interface Passwords<By> {
  /** Characters of the shortest password that is taken from somebody without a second factor. */
  readonly minLength: number
  /** The same from whomever it is. */
  minimumOf(about: Pick<About, 'hasSecondFactor'>): number
  /** Why it would not be taken, as far as its text says: for a form, before anything is looked up or paid for a hash. */
  refusalOf(password: Secret<string>, about: About): PasswordRefusal | undefined
  /** Judges and hashes, before the transaction that stores: a hash takes as long as a hundred statements. */
  prepare(password: Secret<string>, about: About): Promise<Result<HashedPassword, PasswordRefusal>>
  /** A hash that another system made: good until its password is first seen, and then hashed anew. */
  adopt(hash: Secret<string>): Result<HashedPassword, ImportRefusal>
  store(tx: Tx, by: By, user: UserId, password: HashedPassword, how?: StoreHow): Promise<void>
  /** Throws `busy` when one more would be refused. It costs nothing, so ask before anything is looked up. */
  assertRoom(): void
  /** As much work for somebody unknown, or without a password, as for anybody else. */
  verify(user: UserId | undefined, password: Secret<string>): Promise<'match' | 'mismatch'>
  /** The same, and which password it was held against. */
  prove(user: UserId | undefined, password: Secret<string>, looked?: Promise<LookedUp | undefined>): Promise<Proven>
  /** What `prove` will ask for, for whoever asks for something else at the same moment; the same for nobody. */
  lookUp(user: UserId | undefined): Promise<LookedUp | undefined>
  /** The same of whomever a part of the statement names, and who that is: whose it is has to be compared. */
  finder<Values>(whose: Whose<Values>): (values: Values) => Promise<(LookedUp & { readonly user: UserId }) | undefined>
  /** Whether it is still that one. Whoever changes it waits for the transaction. */
  isStill(tx: Tx, user: UserId, version: string | undefined): Promise<boolean>
  /** For whoever goes on to replace it: whether it was not set after `since`. */
  isUnchangedSince(tx: Tx, user: UserId, since: Date): Promise<boolean>
  /** Something other than the mailbox was proven beside it. */
  vouch(tx: Tx, user: UserId): Promise<void>
  /**
   * For whoever has just signed in with it: whether it must be changed. What is known is looked for only where that is asked for;
   * `too-short`: it was long enough beside a second factor, and there is none any more.
   */
  mustChange(
    password: Secret<string>,
    about?: Pick<About, 'hasSecondFactor'>,
  ): Promise<'breached' | 'too-short' | undefined>
}

export type LookedUp = StoredHash

interface StoreHow {
  /** Whoever sets it has proven the mailbox and nothing else: until it is vouched for, the mailbox is no second factor beside it. */
  readonly byMailbox?: boolean
}

export interface Proven {
  readonly verdict: 'match' | 'mismatch'
  readonly version: string | undefined
}

export interface PasswordsPolicy extends Policy {
  /** How many of the last passwords are not taken again; the current one is the first of them. */
  readonly history: number
  readonly checkAtSignIn: boolean
}

export interface PasswordsDeps<By> {
  readonly db: Db
  readonly hasher: Hasher
  readonly persons: SealsOfPersons
  /** Without it nobody is told that a password is known. */
  readonly breaches?: Breaches
  readonly policy: PasswordsPolicy
  readonly clock: Clock
  readonly log: Log
  readonly record: RecordPasswordEvent<By>
  /** The server itself, for what it does without being asked. */
  readonly itself: By
}

export function createPasswords<By>(deps: PasswordsDeps<By>): Passwords<By> {
  const { db, hasher, persons, breaches, policy, clock, log, record } = deps
  const { alone, besideASecond } = policy.minimum
  /** Looked up in the place of somebody unknown, so that they cost a look-up too. */
  const nobody = defineId('usr').generate()

  async function opened(
    user: UserId,
    found: StoredHash | undefined,
  ): Promise<(Stored & { readonly version: string }) | undefined> {
    if (!found) return undefined
    const { hash: sealed, version } = found
    const sealer = await persons.of(db, user)
    if (!sealer.ok) return undefined
    return { user, version, sealed, sealer: sealer.value, hash: await sealer.value.openText(placeOf(user), sealed) }
  }

  /** A hash made here belongs to the normal form; one made elsewhere to whatever was typed there. Nobody's answer tells which. */
  async function matches(hash: Secret<string>, password: Secret<string>): Promise<boolean> {
    const normal = normalised(password)
    if (await hasher.verify(hash, normal)) return true
    return normal.reveal() !== password.reveal() && hasher.verify(hash, password)
  }

  async function prove(
    user: UserId | undefined,
    password: Secret<string>,
    looked?: Promise<LookedUp | undefined>,
  ): Promise<Proven> {
    // Says nothing of who exists: it is so for everybody.
    if (isTooLong(password)) return { verdict: 'mismatch', version: undefined }
    const stored = await opened(user ?? nobody, await (looked ?? findHash(db, user ?? nobody)))
    const isRight = await matches(stored?.hash ?? hasher.decoy, password)
    const version = stored?.version
    if (!isRight || !stored) return { verdict: 'mismatch', version }
    await rehash(deps, stored, password)
    return { verdict: 'match', version }
  }

  const versionOf = async (user: UserId | undefined): Promise<string | undefined> =>
    user === undefined || policy.history === 0 ? undefined : (await findHash(db, user))?.version

  async function wasUsed(password: Secret<string>, user: UserId | undefined): Promise<boolean> {
    if (user === undefined || policy.history === 0) return false
    const sealer = await persons.of(db, user)
    return sealer.ok && isAmongLast({ db, hasher, sealer: sealer.value }, user, policy.history, password)
  }

  return {
    minLength: policy.minimum.alone,
    minimumOf: ({ hasSecondFactor = false }) => (hasSecondFactor ? besideASecond : alone),
    refusalOf: (password, about) => {
      const judged = judge(password, about, policy)
      return judged.ok ? undefined : judged.error
    },
    prepare: async (password, about) => {
      const judged = judge(password, about, policy)
      if (!judged.ok) return judged
      const found = (await breaches?.find(judged.value)) ?? 'unknown'
      if (found !== 'unknown') return fail({ reason: found })
      // Before the last ones are read: whoever sets another after this is noticed when this one is stored.
      const comparedWith = await versionOf(about.user)
      if (await wasUsed(judged.value, about.user)) return fail({ reason: 'reused' })
      return ok(new HashedPassword(await hasher.hash(judged.value), 'chosen', comparedWith))
    },
    adopt: (hash) => {
      const read = importedHash(hash.reveal())
      return read.ok ? ok(new HashedPassword(new Secret(read.value), 'imported')) : read
    },
    store: async (tx, by, user, { phc, origin, comparedWith }, { byMailbox = false } = {}) => {
      const sealer = await persons.of(tx, user)
      if (!sealer.ok) throw new Error(`a password cannot be sealed for ${user}: its key is ${sealer.error}`)
      const former = await lockHash(tx, user)
      if (comparedWith !== undefined && comparedWith !== former?.version) throw new Overtaken()
      // Not before: whoever proved the former one while this waited would have proven it later than it was replaced.
      const at = clock.now()
      const replaced = await putHash(tx, user, sealer.value.seal(placeOf(user), phc), { at, byMailbox })
      await keepFormer(tx, sealer.value, user, former?.hash, { last: policy.history, at })
      const action = origin === 'imported' ? 'password.imported' : 'password.set'
      await record(tx, by, { action, target: user, after: { public: { replaced } } })
    },
    assertRoom: () => hasher.assertRoom(),
    verify: async (user, password) => (await prove(user, password)).verdict,
    prove,
    lookUp: (user) => findHash(db, user ?? nobody),
    finder: (whose) => {
      const find = hashFinder(whose)
      return (values) => find(db, values)
    },
    isUnchangedSince: holdSince,
    vouch: vouchFor,
    isStill: async (tx, user, version) => version !== undefined && holdVersion(tx, user, version),
    mustChange: async (password, { hasSecondFactor = false } = {}) => {
      const isAlone = besideASecond < alone && !hasSecondFactor
      if (isAlone && !isTooLong(password) && lengthOf(normalised(password)) < alone) return 'too-short'
      if (!policy.checkAtSignIn || !breaches || isTooLong(password)) return undefined
      try {
        return (await breaches.find(normalised(password))) === 'unknown' ? undefined : 'breached'
      } catch (error) {
        // The password was right: a list that cannot be read keeps nobody out who was let in until now.
        log.error({ err: error }, 'whether a password is known could not be looked up')
        return undefined
      }
    },
  }
}
