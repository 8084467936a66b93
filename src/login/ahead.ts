import type { Browser } from '../guard/browsers/browser.ts'
import type { UserId } from '../users/user.ts'
import { type Attempt, hashOf } from './attempts/attempt.ts'
import { findAttempt } from './attempts/store.ts'
import type { Account, AheadOf, LookedUp, Passwords, Users } from './ports.ts'
import type { SignInDeps } from './service.ts'

/** What the first form will be judged by, asked in one breath with the interaction: looked at, and not yet judged. */
export interface Ahead {
  readonly named: Promise<Account | undefined>
  readonly password: Promise<LookedUp | undefined>
  readonly held: ReturnType<AheadOf['held']>
  readonly isKnown: Promise<boolean>
  readonly attempt: Promise<Attempt | undefined>
}

interface AheadDeps extends Pick<SignInDeps, 'db' | 'ahead' | 'factors' | 'guard'> {
  readonly passwords: Pick<Passwords, 'assertRoom' | 'lookUp'>
  readonly users: Pick<Users, 'findForSignIn'>
  readonly nobody: UserId
}

interface Form {
  readonly uid: string
  readonly email: string
  readonly browser: Browser
}

/**
 * All of it hangs on the address alone, so nobody waits to hear whose it is. The same questions whoever it names, and
 * where it names nobody. Throws `busy` when too many wait, before anybody is looked up.
 */
export const lookingAhead =
  ({ db, users, passwords, ahead, factors, guard, nobody }: AheadDeps) =>
  ({ uid, email, browser }: Form): Ahead => {
    passwords.assertRoom()
    const named = users.findForSignIn(email)
    const at = ahead.at(email)
    const looks = Promise.all([named, ahead.password(at)])
    /** An address that changed hands between two of the looks: those that hang on it are asked anew, by the person. */
    const isTheirs = looks.then(([person, found]) => found === undefined || found.user === person?.id)
    const or = <T>(found: Promise<T>, anew: (person: UserId | undefined) => Promise<T>): Promise<T> => {
      found.catch(() => {})
      return isTheirs.then(async (is) => (is ? found : anew((await named)?.id)))
    }
    const asked: Ahead = {
      named,
      password: or(
        looks.then(([, found]) => found),
        passwords.lookUp,
      ),
      held: or(ahead.held(at), (person) => factors.heldBy(db, person ?? nobody)),
      isKnown: or(ahead.isKnown(at, browser), (person) => guard.browsers.isKnown(person, browser)),
      attempt: findAttempt(db, hashOf(uid)),
    }
    // Where the address of the page is nobody's, nobody hears of any of it.
    for (const answer of Object.values(asked)) answer.catch(() => {})
    return asked
  }
