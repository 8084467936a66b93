import { inject, onTestFinished } from 'vitest'
import type { ActorContext } from '../../../src/audit/actor.ts'
import type { Config } from '../../../src/config/config.ts'
import type { CreationOptions } from '../../../src/credentials/passkey/ask.ts'
import type { Passkey } from '../../../src/credentials/passkey/passkey.ts'
import type { ProofAsked } from '../../../src/credentials/passkey/prove.ts'
import type { Passkeys } from '../../../src/credentials/passkey/service.ts'
import { inTransaction } from '../../../src/db/transaction.ts'
import { openPeople } from '../../../src/instance/people.ts'
import { openServices } from '../../../src/instance/services.ts'
import { sha256 } from '../../../src/lib/hash.ts'
import type { UserId } from '../../../src/users/user.ts'
import { type FrozenClock, frozenClock } from '../../support/clock.ts'
import { testConfig } from '../../support/config.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { quickHasher } from '../../support/hasher.ts'
import { captureLog } from '../../support/log.ts'
import { makePasskey, type SoftwarePasskey, usePasskey } from '../../support/software-authenticator.ts'
import { STARTED_TEMPLATE } from '../../support/template.ts'

export const by: ActorContext = { actor: { kind: 'system', id: 'test' }, ip: '192.0.2.7' }
export const browser = sha256('the sign-in of one browser')
export const otherBrowser = sha256('the sign-in of another')

export interface Person {
  readonly id: UserId
  readonly email: string
  readonly name: string
}

export interface PasskeyWorld {
  readonly passkeys: Passkeys<ActorContext>
  readonly database: TestDatabase
  readonly clock: FrozenClock
  readonly log: () => Record<string, unknown>[]
  person(name: string): Promise<Person>
  add(person: Person, answers: Answers): ReturnType<Passkeys<ActorContext>['add']>
  prove(asked: ProofAsked): ReturnType<Passkeys<ActorContext>['prove']>
  /** A passkey that this person has, and what holds its private half. */
  enrolled(person: Person, making?: Parameters<typeof makePasskey>[1]): Promise<Enrolled>
  /** What was told, by action. */
  events(): Promise<{ action: string; after: unknown }[]>
}

type Answers = (options: CreationOptions) => unknown
export interface Enrolled {
  readonly passkey: SoftwarePasskey
  readonly stored: Passkey
}

/** The room in its instance, without pages. */
export async function passkeyWorld(
  env: Record<string, string> = {},
  own: Partial<Config['passkeys']> = {},
): Promise<PasskeyWorld> {
  const clock = frozenClock()
  const database = await createTestDatabase({ template: STARTED_TEMPLATE })
  onTestFinished(() => database.close())
  const given = testConfig({ KEYS_DIR: inject('postgres').keysDir, ...env })
  const config = { ...given, passkeys: { ...given.passkeys, ...own } }
  const { log, lines } = captureLog()
  const actor = { kind: 'system', id: 'test' } as const
  const services = await openServices({ config, target: database.target, clock, log, actor, bootstrap: false })
  onTestFinished(() => services.close())
  const hasher = quickHasher(log, config.passwords.argon2.queue)
  const people = openPeople({ ...services, config, clock, log, hasher })
  onTestFinished(() => people.close())
  const { passkeys } = people.factors

  const add: PasskeyWorld['add'] = async (person, answers) => {
    const response = answers(await passkeys.askForEnrolment(browser, person))
    return inTransaction(database.app, (tx) => passkeys.add(tx, by, { holder: browser, user: person.id, response }))
  }
  return {
    passkeys,
    database,
    clock,
    log: lines,
    add,
    prove: (asked) => inTransaction(database.app, (tx) => passkeys.prove(tx, by, asked)),
    person: async (name) => {
      const email = `${name.toLowerCase()}@example.com`
      const made = await people.users.create(by, { name, email })
      if (!made.ok) throw new Error(made.error)
      return { id: made.value.id, email, name }
    },
    enrolled: async (person, making) => {
      const made: { passkey?: SoftwarePasskey } = {}
      const added = await add(person, (options) => {
        const { passkey, answer } = makePasskey(options, making)
        made.passkey = passkey
        return answer
      })
      if (!added.ok || !made.passkey) throw new Error(added.ok ? 'no passkey' : added.error.kind)
      return { passkey: made.passkey, stored: added.value }
    },
    events: async () => {
      const admin = await database.superuser()
      const { rows } = await admin.query<{ action: string; after: unknown }>(
        `SELECT action, after FROM events WHERE action LIKE 'passkey.%' ORDER BY id`,
      )
      return rows
    },
  }
}

/** A whole sign-in by a passkey alone, with whatever is to be wrong about it. */
export async function signIn(
  world: PasskeyWorld,
  passkey: SoftwarePasskey,
  ceremony: Parameters<typeof usePasskey>[2] = {},
): ReturnType<PasskeyWorld['prove']> {
  const options = await world.passkeys.askForSignIn(browser)
  const response = usePasskey(passkey, options, ceremony)
  return world.prove({ holder: browser, purpose: 'sign-in', response })
}
