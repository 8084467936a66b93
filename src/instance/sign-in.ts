import { NOBODY } from '../audit/sealer.ts'
import type { Config } from '../config/config.ts'
import type { Whose } from '../db/statement.ts'
import { beginningGrace } from '../factors/begin-grace.ts'
import { ruleOfInstance } from '../factors/instance-rule.ts'
import { beginGrace, findHeld, heldFinder } from '../factors/store.ts'
import type { Clock } from '../lib/clock.ts'
import type { AheadOf, Factors, NamedByAddress, NewPasswords, TellOfNewDevice } from '../login/ports.ts'
import type { SignInDeps } from '../login/service.ts'
import { type User, userId } from '../users/user.ts'
import { deviceName } from './device-name.ts'
import type { People } from './people.ts'
import { placeName } from './place-name.ts'
import type { Services } from './services.ts'

interface SignInOptions {
  readonly services: Pick<Services, 'database' | 'events'>
  readonly config: Pick<Config, 'mfa'>
  readonly people: Pick<
    People,
    | 'users'
    | 'sessions'
    | 'places'
    | 'passwords'
    | 'guard'
    | 'notices'
    | 'replacePassword'
    | 'factors'
    | 'factorChanged'
  >
  readonly clock: Clock
}

/** What a sign-in asks of other rooms. */
export function signInParts({ services, config, people, clock }: SignInOptions): Omit<SignInDeps, 'machine'> {
  const { users, sessions, places, passwords, guard, notices, replacePassword, factors: rooms, factorChanged } = people
  const { database, events } = services

  const placeOf = (ip: string, { locale }: Pick<User, 'locale'>): string => {
    const place = places.of(ip)
    const name = place && placeName(place, locale)
    return name === undefined ? ip : `${ip} (${name})`
  }
  const seenIn = (userAgent: string | undefined, ip: string | undefined, user: Pick<User, 'locale'>) => {
    const device = deviceName(userAgent)
    return { ...(device !== undefined && { device }), ...(ip !== undefined && { place: placeOf(ip, user) }) }
  }
  const tellOfNewDevice: TellOfNewDevice = async (tx, by, id, userAgent) => {
    const user = await users.findIn(tx, id)
    if (user) await notices.tell(tx, by, { user, what: 'new-device', ...seenIn(userAgent, by.ip, user) })
  }
  const newPasswords: NewPasswords = {
    minimumOf: passwords.minimumOf,
    prepare: ({ id, email, name }, password, { hasSecondFactor }) =>
      passwords.prepare(password, { user: id, email, names: [name], hasSecondFactor }),
    replace: async (tx, by, id, password, { userAgent, stillCounts, keepAttempt }) => {
      const user = await users.hold(tx, id)
      if (user?.status !== 'active' || !(await stillCounts())) return false
      const seen = seenIn(userAgent, by.ip, user)
      await replacePassword(tx, by, user, password, {
        reason: 'password-changed',
        kept: { attempt: keepAttempt },
        seen,
      })
      return true
    },
  }
  const factors: Factors = {
    ...rooms,
    rule: ruleOfInstance(config.mfa),
    heldBy: findHeld,
    beginGrace: beginningGrace({ begin: beginGrace, record: events.recordEvent, clock }),
    tellOfBackupCode: async (tx, by, id, { left, userAgent }) => {
      const user = await users.findIn(tx, id)
      if (user) await notices.tell(tx, by, { user, what: 'backup-code-used', left, ...seenIn(userAgent, by.ip, user) })
    },
    added: async (tx, by, id, what, { attempt, userAgent }) => {
      const user = await users.findIn(tx, id)
      if (!user) throw new Error(`${id} adds a factor and is not there`)
      const device = deviceName(userAgent)
      await factorChanged(tx, by, user, { kind: 'added', ...what }, { attempt, device })
    },
  }
  const whose: Whose<NamedByAddress> = (part) => {
    const { index, nobody } = part((named) => named)
    return users.at(index, nobody)
  }
  const nobody = userId.toUuid(NOBODY)
  const heldAt = heldFinder(whose)
  const ahead: AheadOf = {
    at: (email) => ({ index: users.indexOf(email), nobody }),
    password: passwords.finder(whose),
    held: (at) => heldAt(database.app, at),
    isKnown: guard.browsers.finder(whose),
  }
  const { find, findIn, hold, verifyEmail } = users
  const accounts = { findForSignIn: users.findByEmail, find, findIn, hold, verifyEmail }
  const parts = {
    users: accounts,
    passwords,
    ahead,
    newPasswords,
    sessions,
    guard,
    factors,
    tellOfNewDevice,
    events,
    clock,
  }
  return { ...parts, db: database.app }
}
