import { inTransaction } from '../../db/transaction.ts'
import type { Output } from '../output.ts'
import { describeUser, disownedHint } from './describe.ts'
import { findPerson } from './find.ts'
import type { PeopleAtWork } from './with-people.ts'

/** Whatever keeps somebody out who is not disabled: the pause after failed attempts, and the lock that the owner set. */
export async function unlockPerson(people: PeopleAtWork, who: string): Promise<Output> {
  const { users, guard, db, by } = people
  const user = await findPerson(people, who)
  const ended = await inTransaction(db, async (tx) => ({
    lock: await users.unlock(tx, by, user.id),
    attempts: await guard.lockout.endIn(tx, by, user.id, 'both'),
  }))
  const lines = [
    ...(ended.lock.ok
      ? [
          `${user.email} can be signed in to again. If somebody else may know the password: hearthkey user recover ${user.id}`,
        ]
      : []),
    ...(ended.lock.ok ? disownedHint(user) : []),
    ...(ended.attempts ? [`${user.email} begins at zero again: no failed attempt is held against the account.`] : []),
  ]
  const text =
    lines.length > 0 ? lines.join('\n') : `${user.email} was not locked: there was no failed attempt to forget.`
  return describeUser(text, ended.lock.ok ? ended.lock.value : user)
}
