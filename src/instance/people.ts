import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import { argon2Hasher } from '../credentials/password/argon2/hasher.ts'
import { createPasswords, type Passwords } from '../credentials/password/service.ts'
import type { Database } from '../db/database.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { createSessions, type Sessions } from '../sessions/service.ts'
import { createSetup, type Setup } from '../setup/service.ts'
import { createUsers, type Users } from '../users/service.ts'
import { shuttingOut } from './shut-out.ts'

/** Who can sign in, and how the first of them comes to be. */
export interface People {
  readonly users: Users<ActorContext>
  readonly sessions: Sessions
  readonly passwords: Passwords<ActorContext>
  readonly setup: Setup<ActorContext>
  close(): Promise<void>
}

interface PeopleOptions {
  readonly config: Config
  readonly database: Pick<Database, 'app'>
  readonly events: EventWriter
  readonly keyring: Pick<Keyring, 'persons' | 'blindIndex'>
  readonly clock: Clock
  readonly log: Log
}

/** Costs nothing until a password is asked for: then the process that hashes begins. */
export function openPeople({ config, database, events, keyring, clock, log }: PeopleOptions): People {
  const { app: db } = database
  const record = events.recordEvent
  const { minLength, argon2 } = config.passwords
  const hasher = argon2Hasher({ settings: argon2, log })
  const sessions = createSessions({ db, persons: keyring.persons, record, clock, idle: config.tokens.session })
  const endSessions = shuttingOut({ sessions, events })
  const users = createUsers({ db, seals: keyring, clock, record, endSessions })
  const passwords = createPasswords({ db, hasher, persons: keyring.persons, minLength, clock, record })
  const { issuerUrl } = config.server
  const setup = createSetup({ db, issuerUrl, administrators: users, passwords, clock, record })
  return { users, sessions, passwords, setup, close: () => hasher.stop() }
}
