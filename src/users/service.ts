import type { RawBuilder } from 'kysely'
import { attempt } from '../db/attempt.ts'
import type { Whose } from '../db/statement.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Result } from '../lib/result.ts'
import { type EmailChanges, emailChanges } from './change-email.ts'
import { type CreateRefusal, createUser, type NewPerson, problemsOf } from './create.ts'
import { parseEmail } from './email.ts'
import { type LockRefusal, lockAccount, unlockAccount } from './lock.ts'
import { opener } from './open.ts'
import type { AssertRoom, EndSessions, RecordUserEvent, Seals } from './ports.ts'
import { type DisableRefusal, disableUser, type EnableRefusal, enableUser } from './status.ts'
import { findUser, findUserByIndex, findUsers, isActiveUser, listUsers, userAt, userFinder } from './store.ts'
import type { LockReason, User, UserId } from './user.ts'
import { verifyEmail } from './verify-email.ts'

/** `By`: who asks and from where, for the log of events. */
export interface Users<By> extends EmailChanges<By> {
  create(by: By, person: NewPerson): Promise<Result<User, CreateRefusal>>
  /** Everything that would be refused, as far as can be told without looking who there is. */
  problemsOf(person: NewPerson): CreateRefusal[]
  /** Inside a larger change. After a refusal the transaction must be rolled back. */
  createIn(tx: Tx, by: By, person: NewPerson): Promise<Result<User, CreateRefusal>>
  find(id: UserId): Promise<User | undefined>
  /** Whether they may sign in, as part of another statement. */
  isActive(user: RawBuilder<unknown>): RawBuilder<boolean>
  /** The same of whom another room's part of a statement names; put together once, asked often. */
  finder<Values>(whose: Whose<Values>): (db: Db, values: Values) => Promise<User | undefined>
  /** Whoever has this address, in any spelling of it; who is disabled, too. */
  findByEmail(email: string): Promise<User | undefined>
  /** Under which index an address is found; for what is no address, one under which nobody is. */
  indexOf(email: string): Buffer
  /** Whoever has the address of an index, or `nobody`, as part of another statement. */
  at(index: Buffer, nobody: string): RawBuilder<string>
  /** In the order of their creation, from the one after `after`. */
  list(page: { readonly after?: UserId; readonly limit: number }): Promise<User[]>
  /** Those of them that there are, in the order of their creation: for a page of people. */
  those(ids: readonly UserId[]): Promise<User[]>
  disable(by: By, id: UserId): Promise<Result<User, DisableRefusal>>
  enable(by: By, id: UserId): Promise<Result<User, EnableRefusal>>
  /** Where the look-up has to see what its transaction wrote, or must not wait for a second connection. */
  findIn(tx: Tx, id: UserId): Promise<User | undefined>
  /** Nobody signs in to it any more, and whoever is signed in is not, until it is unlocked. The last administrator, too. */
  lock(tx: Tx, by: By, id: UserId, reason: LockReason): Promise<Result<User, LockRefusal>>
  unlock(tx: Tx, by: By, id: UserId): Promise<Result<User, LockRefusal>>
  /** The mailbox behind `email` was proven. Refused when it is not that person's address (any more). */
  verifyEmail(tx: Tx, by: By, id: UserId, email: string): Promise<Result<'verified' | 'already', 'other-email'>>
}

interface UsersDeps<By> {
  readonly db: Db
  readonly seals: Seals
  readonly clock: Clock
  readonly record: RecordUserEvent<By>
  readonly endSessions: EndSessions<By>
  readonly assertRoom: AssertRoom
}

export function createUsers<By>({ db, seals, clock, record, endSessions, assertRoom }: UsersDeps<By>): Users<By> {
  const { open, openAll } = opener(seals.persons)
  const create = createUser({ seals, clock, record, assertRoom })
  const status = { open, clock, record, endSessions, assertRoom }

  return {
    ...emailChanges({ seals, clock, open, record }),
    create: (by, person) => attempt(db, (tx) => create(tx, by, person)),
    problemsOf,
    createIn: create,
    find: async (id) => {
      const row = await findUser(db, id)
      return row && open(db, row)
    },
    isActive: isActiveUser,
    finder: (whose) => {
      const findBy = userFinder(whose)
      return async (on, values) => {
        const row = await findBy(on, values)
        return row && open(on, row)
      }
    },
    findByEmail: async (typed) => {
      const email = parseEmail(typed)
      if (!email.ok) return undefined
      const row = await findUserByIndex(db, seals.blindIndex.exact('users.email', email.value.identity))
      return row && open(db, row)
    },
    indexOf: (typed) => {
      const email = parseEmail(typed)
      return seals.blindIndex.exact('users.email', email.ok ? email.value.identity : '')
    },
    at: userAt,
    list: async ({ after, limit }) => openAll(db, await listUsers(db, after, limit)),
    those: async (ids) => (ids.length > 0 ? openAll(db, await findUsers(db, ids)) : []),
    disable: (by, id) => attempt(db, (tx) => disableUser(status, tx, by, id)),
    enable: (by, id) => attempt(db, (tx) => enableUser(status, tx, by, id)),
    findIn: async (tx, id) => {
      // On one connection, in one breath: what the key is not remembered for it need not be asked for afterwards.
      const [row] = await Promise.all([findUser(tx, id), seals.persons.of(tx, id)])
      return row && open(tx, row)
    },
    lock: (tx, by, id, reason) => lockAccount(status, tx, by, id, reason),
    unlock: (tx, by, id) => unlockAccount(status, tx, by, id),
    verifyEmail: verifyEmail({ blindIndex: seals.blindIndex, clock, record }),
  }
}
