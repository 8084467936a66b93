import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import { lifetimesOf } from '../config/lifetimes.ts'
import type { Consents } from '../consents/service.ts'
import { type Argon2Hasher, argon2Hasher } from '../credentials/password/hashing/hasher.ts'
import type { Passwords } from '../credentials/password/service.ts'
import type { HoldPerson } from '../credentials/totp/ports.ts'
import type { Database } from '../db/database.ts'
import type { OutgoingClient } from '../http/outgoing/outgoing.ts'
import type { Enqueue } from '../jobs/enqueue.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Licenses } from '../licenses/service.ts'
import type { Mail } from '../mail/service.ts'
import type { PersonGrants } from '../oidc/artifacts/revoke-of-person.ts'
import { createPlaces, type Places } from '../places/service.ts'
import type { Revocations } from '../revocations/service.ts'
import { createSessions, type Sessions } from '../sessions/service.ts'
import { createSetup, type Setup } from '../setup/service.ts'
import { createUsers, type Users } from '../users/service.ts'
import { openBreaches } from './breaches.ts'
import { type ByMail, openByMail } from './by-mail.ts'
import { type FactorChanged, factorChanged } from './change-factors.ts'
import { openConsents } from './consents.ts'
import { endingEverything } from './end-everything.ts'
import { type Factors, openFactors } from './factors.ts'
import { type Guard, openGuard } from './guard.ts'
import { hangingOnSessions } from './hanging-on-sessions.ts'
import { roomFor } from './licenses.ts'
import { openMail } from './mail.ts'
import { openPasswords } from './passwords.ts'
import { type TakeConsents, takingConsents } from './take-consents.ts'
import { takingFactorsAway } from './take-factors-away.ts'
import { type TakeLaterFactors, takingLaterFactors } from './take-later-factors.ts'

/** Who can sign in, and how the first of them comes to be. */
export interface People extends ByMail {
  readonly users: Users<ActorContext>
  readonly sessions: Sessions
  readonly grants: PersonGrants
  readonly places: Places
  readonly passwords: Passwords<ActorContext>
  readonly setup: Setup<ActorContext>
  readonly consents: Consents<ActorContext>
  readonly guard: Omit<Guard, 'close'>
  readonly factors: Factors
  readonly factorChanged: FactorChanged
  readonly takeLaterFactors: TakeLaterFactors
  readonly takeConsents: TakeConsents
  /** Letters to people, or to those who are none yet. */
  readonly mail: Mail
  close(): Promise<void>
}

interface PeopleOptions {
  readonly config: Config
  readonly database: Pick<Database, 'app'>
  readonly events: EventWriter
  readonly revocations: Pick<Revocations, 'announce'>
  readonly keyring: Pick<Keyring, 'persons' | 'blindIndex' | 'derive'>
  readonly outgoing: Pick<OutgoingClient, 'send'>
  readonly enqueue: Enqueue
  readonly licenses: Pick<Licenses<ActorContext>, 'assertRoom'>
  readonly clock: Clock
  readonly log: Log
  /** Without one, a process of its own hashes. */
  readonly hasher?: Argon2Hasher
}

/** Costs nothing until a password is asked for: then the process that hashes begins. */
export function openPeople({
  config,
  database,
  events,
  revocations,
  keyring,
  outgoing,
  enqueue,
  licenses,
  clock,
  log,
  hasher = argon2Hasher({ settings: config.passwords.argon2, log }),
}: PeopleOptions): People {
  const { app: db } = database
  const record = events.recordEvent
  const { endWhatCameOf, grants } = hangingOnSessions({ events, enqueue })
  const { session: lifetime } = lifetimesOf(config)
  const places = createPlaces({ file: config.geo.file, clock, log })
  const { persons } = keyring
  const placeOf = places.of
  const sessions = createSessions({ db, persons, record, endWhatCameOf, placeOf, clock, ...lifetime })
  const mail = openMail({ config, persons: keyring.persons, enqueue, clock })
  const { close: closeGuard, ...guard } = openGuard({ config, database, events, keyring, clock, log })
  const holdPerson: HoldPerson = (tx, id) => users.hold(tx, id)
  const factors = openFactors({ config, db, events, keyring, holdPerson, guard, mail, clock, log })
  const { trustedBrowsers } = factors
  const browsers = () => guard.browsers
  const endEverything = endingEverything({ sessions, grants, revocations, browsers, trustedBrowsers })
  const assertRoom = roomFor(licenses, 'users')
  const users = createUsers({ db, seals: keyring, clock, record, endSessions: endEverything, assertRoom })
  const breaches = openBreaches({ config, outgoing, clock, log })
  const passwords = openPasswords({ config, db, hasher, breaches, persons: keyring.persons, clock, log, record })
  const { issuerUrl } = config.server
  const setup = createSetup({ db, issuerUrl, administrators: users, passwords, clock, record })
  const close = async () => void (await Promise.all([hasher.stop(), breaches.close(), closeGuard()]))
  const { lockout } = guard
  const consents = openConsents({ db, events, clock })
  const takeConsents = takingConsents({ consents })
  const takeFactorsAway = takingFactorsAway({ factors, endEverything, takeConsents, lockout, mail, events, clock })
  const takeLaterFactors = takingLaterFactors({ factors })
  const ending = { guard, endEverything, takeFactorsAway, takeLaterFactors, takeConsents }
  const byMail = openByMail({ config, db, events, keyring, users, passwords, mail, ...ending, clock })
  const changed = factorChanged({ trustedBrowsers, notices: byMail.notices })
  return {
    users,
    sessions,
    grants,
    places,
    passwords,
    setup,
    consents,
    guard,
    mail,
    factors,
    factorChanged: changed,
    takeLaterFactors,
    takeConsents,
    ...byMail,
    close,
  }
}
