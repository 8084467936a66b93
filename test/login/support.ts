import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Hono } from 'hono'
import { inject, onTestFinished } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { createPasswords, type Passwords } from '../../src/credentials/password/service.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import type { HttpEnv } from '../../src/http/env.ts'
import { openServices } from '../../src/instance/services.ts'
import { shuttingOut } from '../../src/instance/shut-out.ts'
import { Secret } from '../../src/lib/secret.ts'
import { loginMachine } from '../../src/login/machine/machine.ts'
import { steps } from '../../src/login/machine/steps.ts'
import { createNotes } from '../../src/login/notes.ts'
import type { PendingInteraction } from '../../src/login/ports.ts'
import { loginRoutes } from '../../src/login/routes.tsx'
import { createSignIn } from '../../src/login/service.ts'
import { createSessions } from '../../src/sessions/service.ts'
import { createUsers } from '../../src/users/service.ts'
import type { User } from '../../src/users/user.ts'
import { testHttp } from '../http/support.ts'
import { frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { testDatabase } from '../support/database.ts'
import { captureLog } from '../support/log.ts'
import { STARTED_TEMPLATE } from '../support/template.ts'
import { COOKIE, engineStandIn } from './engine-stand-in.ts'

const defaultIssuer = 'https://id.example.com'
const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 }
const arranging: ActorContext = { actor: { kind: 'operator', id: 'test' } }
export const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

/** Argon2id with so little work that a test can sign in a thousand times. */
async function cheapHasher() {
  return {
    decoy: new Secret(await hash(randomBytes(16), cheap)),
    assertRoom: () => {},
    hash: async (password: Secret<string>) => new Secret(await hash(password.reveal(), cheap)),
    verify: (phc: Secret<string>, password: Secret<string>) => verify(phc.reveal(), password.reveal()),
  }
}

/** People, passwords, sessions, events and the sign-in as they are; the protocol engine alone is a stand-in. */
export async function openLogin({ issuerUrl = defaultIssuer } = {}) {
  const database = await testDatabase({ template: STARTED_TEMPLATE })
  const clock = frozenClock()
  const config = testConfig({ KEYS_DIR: inject('postgres').keysDir })
  const { log } = captureLog()
  const services = await openServices({
    config,
    target: database.target,
    clock,
    log,
    actor: { kind: 'system', id: 'test' },
    bootstrap: false,
  })
  onTestFinished(() => services.close())
  const { keyring, events } = services
  const { app: db } = services.database
  const record = events.recordEvent
  const sessions = createSessions({ db, persons: keyring.persons, record, clock, idle: config.tokens.session })
  const endSessions = shuttingOut({ sessions, events })
  const users = createUsers({ db, seals: keyring, clock, record, endSessions })
  const real = createPasswords({
    db,
    hasher: await cheapHasher(),
    persons: keyring.persons,
    minLength: 12,
    clock,
    record,
  })
  const verifications: (string | undefined)[] = []
  let onVerify: Passwords<ActorContext>['verify'] = real.verify
  let onArrival = real.assertRoom
  const passwords = {
    assertRoom: () => onArrival(),
    verify: (...args: Parameters<typeof real.verify>) => {
      verifications.push(args[0])
      return onVerify(...args)
    },
  }
  const lookedUp: string[] = []
  const findForSignIn: typeof users.findByEmail = (typed) => {
    lookedUp.push(typed)
    return users.findByEmail(typed)
  }
  const accounts = { findForSignIn, find: users.find }
  const parts = { db, users: accounts, passwords, sessions, events, clock }
  const signIn = createSignIn({ ...parts, machine: loginMachine(steps) })
  const engine = engineStandIn()
  const http = testHttp({ issuerUrl, bodyLimit: 65_536 })
  const { app, captured } = http
  const notes = createNotes({ issuerUrl, key: keyring.derive('notes'), clock })
  app.route('/', loginRoutes({ interactions: engine, signIn, users: accounts, notes, issuerUrl }))

  const addPerson = async (email: string, password: string): Promise<User> => {
    const created = await users.create(arranging, { email, name: 'Somebody' })
    if (!created.ok) throw new Error(`the person was not created: ${created.error}`)
    const hashed = await real.prepare(new Secret(password), { email })
    if (!hashed.ok) throw new Error(`the password was not taken: ${hashed.error}`)
    await inTransaction(db, (tx) => real.store(tx, arranging, created.value.id, hashed.value))
    return created.value
  }
  const eventRows = (action: string) =>
    inInstance(services.database.owner, (tx) =>
      tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute(),
    )
  return {
    database,
    services,
    clock,
    users,
    sessions,
    engine,
    signIn,
    parts,
    verifications,
    lookedUp,
    http,
    app,
    captured,
    addPerson,
    eventRows,
    onArrival: (work: typeof onArrival) => {
      onArrival = work
    },
    duringVerify: (work: typeof onVerify) => {
      onVerify = work
    },
    disable: (person: User) => users.disable(arranging, person.id),
    browser: (pending: PendingInteraction) => browserOf(app, pending),
  }
}

export type Login = Awaited<ReturnType<typeof openLogin>>

/** A browser that holds the cookie of one interaction. */
function browserOf(app: Hono<HttpEnv>, { uid }: PendingInteraction) {
  const headers = { cookie: `${COOKIE}=${uid}`, accept: 'text/html', origin: defaultIssuer, 'user-agent': firefox }
  const get = async (path = '', more: Record<string, string> = {}) =>
    app.request(`/login/${uid}${path}`, { headers: { ...headers, ...more } })
  const post = async (path = '', fields: Record<string, string> = {}, more: Record<string, string> = {}) =>
    app.request(`/login/${uid}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', ...more },
      body: new URLSearchParams(fields).toString(),
    })
  return {
    get,
    post,
    /** Sends the first form and goes where that leads, with what it was given to keep. */
    send: async (fields: Record<string, string>) => {
      const sent = await post('', fields)
      const [note = ''] = sent.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
      const shown = await get('', { cookie: `${headers.cookie}; ${note}` })
      return { sent, note, shown, page: await shown.text() }
    },
  }
}
