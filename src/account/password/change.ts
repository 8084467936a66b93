import {
  type About,
  type HashedPassword,
  Overtaken,
  type PasswordRefusal,
} from '../../credentials/password/password.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db } from '../../db/types.ts'
import type { Browser } from '../../guard/browsers/browser.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { HasSecondFactor, Passwords, ReplacePassword, Sessions, Users } from '../ports.ts'
import type { Visit } from '../viewer.ts'

export type NewPasswordRefusal = PasswordRefusal | { readonly reason: 'missing' }

/** For the owner to recognise it by, in the letter that tells of it. */
interface Where {
  readonly device?: string | undefined
  /** Where they sit: it stays known to the account. */
  readonly browser: Browser
}

export interface PasswordChange {
  /** Before anything is looked up or hashed. */
  refusalOf(visit: Visit, current: Secret<string>, next: Secret<string>): Promise<NewPasswordRefusal | undefined>
  /** Characters of the shortest one that is taken from them. */
  minimumFor(visit: Visit): Promise<number>
  /** After the present one was proven. Answers what the browser is called from now on, if it was not said before. `gone`: the session has ended meanwhile. */
  change(visit: Visit & Where, next: Secret<string>): Promise<Result<Browser | undefined, PasswordRefusal | 'gone'>>
}

interface PasswordChangeDeps {
  readonly db: Db
  readonly users: Users
  readonly sessions: Sessions
  readonly passwords: Passwords
  readonly hasSecondFactor: HasSecondFactor
  readonly replacePassword: ReplacePassword
}

export function passwordChange(deps: PasswordChangeDeps): PasswordChange {
  const { db, users, sessions, passwords, hasSecondFactor, replacePassword } = deps

  const aboutOf = async ({ user: { id, email, name } }: Visit): Promise<About> => ({
    user: id,
    email,
    names: [name],
    hasSecondFactor: await hasSecondFactor(id),
  })

  const store = ({ by, viewer, locale, device, browser }: Visit & Where, prepared: HashedPassword) =>
    attempt(db, async (tx): Promise<Result<Browser, 'gone'>> => {
      const person = await users.hold(tx, viewer.user)
      // Of two changes at once the second finds that the first has ended its session.
      if (!person || !(await sessions.hold(tx, viewer.session))) return fail('gone')
      const told = { ...person, locale: person.locale ?? locale }
      const known = await replacePassword(tx, by, told, prepared, {
        session: viewer.session,
        browser,
        seen: { device, place: by.ip },
      })
      return ok(known)
    })

  /** Never hashed inside the transaction: so what was judged may be overtaken by another change. */
  async function tryOnce(visit: Visit & Where, next: Secret<string>) {
    const prepared = await passwords.prepare(next, await aboutOf(visit))
    if (!prepared.ok) return prepared
    return store(visit, prepared.value).catch((error: unknown) => {
      if (error instanceof Overtaken) return 'overtaken' as const
      throw error
    })
  }

  return {
    minimumFor: async (visit) => passwords.minimumOf(await aboutOf(visit)),
    refusalOf: async (visit, current, next) => {
      if (next.reveal() === '') return { reason: 'missing' }
      return same(current, next) ? { reason: 'reused' } : passwords.refusalOf(next, await aboutOf(visit))
    },
    change: async (visit, next) => {
      const tried = await tryOnce(visit, next)
      if (tried !== 'overtaken') return tried
      // The same form sent twice: the first has done what was asked.
      if ((await passwords.verify(visit.viewer.user, next)) === 'match') return ok(undefined)
      const again = await tryOnce(visit, next)
      if (again === 'overtaken') throw new Overtaken()
      return again
    },
  }
}

const same = (one: Secret<string>, other: Secret<string>) =>
  one.reveal().normalize('NFC') === other.reveal().normalize('NFC')
