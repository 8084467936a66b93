import type { Clock } from '../lib/clock.ts'
import type { NewPasswords, TellOfNewDevice } from '../login/ports.ts'
import type { SignInDeps } from '../login/service.ts'
import { deviceName } from './device-name.ts'
import type { People } from './people.ts'
import type { Services } from './services.ts'

interface SignInOptions {
  readonly services: Pick<Services, 'database' | 'events'>
  readonly people: Pick<People, 'users' | 'sessions' | 'passwords' | 'guard' | 'notices' | 'replacePassword'>
  readonly clock: Clock
}

/** What a sign-in asks of other rooms. */
export function signInParts({ services, people, clock }: SignInOptions): Omit<SignInDeps<string>, 'machine'> {
  const { users, sessions, passwords, guard, notices, replacePassword } = people
  const { database, events } = services

  const seenIn = (userAgent: string | undefined, ip: string | undefined) => {
    const device = deviceName(userAgent)
    return { ...(device !== undefined && { device }), ...(ip !== undefined && { place: ip }) }
  }
  const tellOfNewDevice: TellOfNewDevice = async (tx, by, id, userAgent) => {
    const user = await users.findIn(tx, id)
    if (user) await notices.tell(tx, by, { user, what: 'new-device', ...seenIn(userAgent, by.ip) })
  }
  const newPasswords: NewPasswords = {
    minLength: passwords.minLength,
    prepare: ({ id, email, name }, password) => passwords.prepare(password, { user: id, email, names: [name] }),
    replace: async (tx, by, id, password, { userAgent, stillCounts, keepAttempt }) => {
      const user = await users.hold(tx, id)
      if (user?.status !== 'active' || !(await stillCounts())) return false
      const seen = seenIn(userAgent, by.ip)
      await replacePassword(tx, by, user, password, {
        reason: 'password-changed',
        kept: { attempt: keepAttempt },
        seen,
      })
      return true
    },
  }
  const accounts = { findForSignIn: users.findByEmail, find: users.find }
  const parts = { users: accounts, passwords, newPasswords, sessions, guard, tellOfNewDevice, events, clock }
  return { ...parts, db: database.app }
}
