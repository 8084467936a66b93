import { attempt } from '../../db/attempt.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, type Result } from '../../lib/result.ts'
import type { User } from '../../users/user.ts'
import type { Sessions, Users } from '../ports.ts'
import { isFresh, type Visit } from '../viewer.ts'

/** The page has to ask for a sign-in, which was too long ago or has ended meanwhile; or for the mailbox. */
export type Left = 'stale' | 'signed-out' | 'mailbox'

export interface ChangingDeps {
  readonly db: Db
  readonly users: Pick<Users, 'hold'>
  readonly sessions: Pick<Sessions, 'hold'>
  readonly clock: Clock
}

type Work<T, E> = (tx: Tx, person: User) => Promise<Result<T, E>>

export interface Changing {
  /** A refusal leaves nothing behind. */
  attempt<T, E>(visit: Visit, work: Work<T, E>): Promise<Result<T, E | Left>>
  /** What is refused stays written: a challenge that was answered is used up, whatever came of it. */
  commit<T, E>(visit: Visit, work: Work<T, E>): Promise<Result<T, E | Left>>
}

/**
 * Around every change of what gets somebody into their account. The person is held first, so that two changes at once are
 * judged one after the other; and the session, so that one that is ended meanwhile changes nothing.
 */
export function changing({ db, users, sessions, clock }: ChangingDeps): Changing {
  const within =
    <T, E>({ viewer, locale }: Visit, work: Work<T, E>) =>
    async (tx: Tx): Promise<Result<T, E | Left>> => {
      const person = await users.hold(tx, viewer.user)
      if (!person || !(await sessions.hold(tx, viewer.session))) return fail('signed-out')
      return work(tx, { ...person, locale: person.locale ?? locale })
    }
  const stale = (visit: Visit) => !isFresh(visit, clock.now())
  return {
    attempt: async (visit, work) => (stale(visit) ? fail('stale') : attempt(db, within(visit, work))),
    commit: async (visit, work) => (stale(visit) ? fail('stale') : inTransaction(db, within(visit, work))),
  }
}
