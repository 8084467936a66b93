import type { Hono } from 'hono'
import { inject, onTestFinished } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import type { Config } from '../../src/config/config.ts'
import { laterCookie } from '../../src/credentials/passkey/later-cookie.ts'
import type { Passwords } from '../../src/credentials/password/service.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import type { HttpEnv } from '../../src/http/env.ts'
import { createNotes } from '../../src/http/input/notes.ts'
import { openPeople } from '../../src/instance/people.ts'
import { openServices } from '../../src/instance/services.ts'
import { signInParts } from '../../src/instance/sign-in.ts'
import { Secret } from '../../src/lib/secret.ts'
import { loginMachine } from '../../src/login/machine/machine.ts'
import { steps } from '../../src/login/machine/steps.ts'
import type { OrganisationChoice, PendingInteraction, TellOfNewDevice } from '../../src/login/ports.ts'
import { loginRoutes } from '../../src/login/routes.tsx'
import { createSignIn } from '../../src/login/service.ts'
import type { User } from '../../src/users/user.ts'
import { testHttp } from '../http/support.ts'
import { frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { testDatabase } from '../support/database.ts'
import { quickHasher } from '../support/hasher.ts'
import { letters } from '../support/letters.ts'
import { captureLog } from '../support/log.ts'
import { STARTED_TEMPLATE } from '../support/template.ts'
import { COOKIE, engineStandIn } from './engine-stand-in.ts'

const defaultIssuer = 'https://id.example.com'
const arranging: ActorContext = { actor: { kind: 'operator', id: 'test' } }
export const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

interface LoginOptions {
  readonly issuerUrl?: string
  readonly guarded?: boolean
  /** Guarded by limits alone: what a pause would hide is seen. */
  readonly lockout?: 'off'
  readonly mayRegister?: boolean
  /** Of limits. */
  readonly preset?: Config['limits']['preset']
  /** Second factors. */
  readonly mfa?: Partial<Config['mfa']>
}

/** People, passwords, sessions, events and the sign-in as they are; the protocol engine alone is a stand-in. */
export async function openLogin({
  issuerUrl = defaultIssuer,
  guarded = false,
  mayRegister = true,
  preset = 'monetro',
  mfa = {},
  lockout,
}: LoginOptions = {}) {
  const database = await testDatabase({ template: STARTED_TEMPLATE })
  const clock = frozenClock()
  const usual = testConfig({ KEYS_DIR: inject('postgres').keysDir })
  const given = { ...usual, mfa: { ...usual.mfa, ...mfa } }
  const limits = { ...given.limits, preset }
  const open = unguarded(given)
  const held = lockout === 'off' ? { limits, lockout: open.lockout } : { limits }
  const config = { ...given, ...(guarded ? held : open) }
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
  const { keyring } = services
  const { app: db } = services.database
  const people = openPeople({ ...services, config, clock, log, hasher: quickHasher(log) })
  onTestFinished(() => people.close())
  const { users, sessions, guard, passwords: real } = people
  const verifications: (string | undefined)[] = []
  let onVerify: Passwords<ActorContext>['verify'] | undefined
  let onArrival = real.assertRoom
  let onPrepared: () => Promise<void> = async () => {}
  const known = new Set<string>()
  const passwords = {
    ...real,
    mustChange: async (password: Secret<string>) => (known.has(password.reveal()) ? ('breached' as const) : undefined),
    assertRoom: () => onArrival(),
    prepare: async (...args: Parameters<typeof real.prepare>) => {
      const prepared = await real.prepare(...args)
      await onPrepared()
      return prepared
    },
    prove: async (...args: Parameters<typeof real.prove>) => {
      verifications.push(args[0])
      const proven = await real.prove(...args)
      return onVerify ? { ...proven, verdict: await onVerify(args[0], args[1]) } : proven
    },
  }
  const lookedUp: string[] = []
  const findForSignIn: typeof users.findByEmail = (typed) => {
    lookedUp.push(typed)
    return users.findByEmail(typed)
  }
  const wired = signInParts({ services, config, people: { ...people, passwords }, clock })
  const newDevices: { user: User['id']; userAgent: string | undefined }[] = []
  const tellOfNewDevice: TellOfNewDevice = async (tx, by, user, userAgent) => {
    newDevices.push({ user, userAgent })
    await wired.tellOfNewDevice(tx, by, user, userAgent)
  }
  let onStart: () => Promise<void> = async () => {}
  const start: typeof wired.sessions.start = async (...args) => {
    await onStart()
    return wired.sessions.start(...args)
  }
  const parts = {
    ...wired,
    users: { ...wired.users, findForSignIn },
    sessions: { ...wired.sessions, start },
    tellOfNewDevice,
  }
  const signIn = createSignIn({ ...parts, machine: loginMachine(steps) })
  const engine = engineStandIn()
  const http = testHttp({ issuerUrl, bodyLimit: 65_536 })
  const { app, captured } = http
  const organisations: OrganisationChoice[] = []
  const notes = createNotes({ issuerUrl, key: keyring.derive('notes'), clock })
  app.route(
    '/',
    loginRoutes({
      interactions: engine,
      signIn,
      users,
      organisations: { toChoose: async () => organisations },
      cookies: {
        browserCookie: guard.browserCookie,
        trustCookie: people.factors.trustCookie,
        laterCookie: laterCookie(issuerUrl),
      },
      signalUnknown: people.factors.passkeys.signalUnknown,
      trustLasts: config.mfa.trustedBrowser,
      mayUsePasskeys: config.mfa.factors.includes('passkey'),
      notes,
      mayRegister,
      issuerUrl,
      clock,
    }),
  )

  const setPassword = async ({ id, email }: User, password: string): Promise<void> => {
    const hashed = await real.prepare(new Secret(password), { email })
    if (!hashed.ok) throw new Error(`the password was not taken: ${hashed.error.reason}`)
    await inTransaction(db, (tx) => real.store(tx, arranging, id, hashed.value))
  }
  const addPerson = async (email: string, password: string): Promise<User> => {
    const created = await users.create(arranging, { email, name: 'Somebody' })
    if (!created.ok) throw new Error(`the person was not created: ${created.error}`)
    await setPassword(created.value, password)
    return created.value
  }
  const eventRows = (action: string) =>
    inInstance(services.database.owner, (tx) =>
      tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute(),
    )
  return {
    database,
    services,
    people,
    clock,
    users,
    sessions,
    engine,
    signIn,
    parts,
    verifications,
    newDevices,
    guard,
    /** Passwords that everybody tries. */
    known,
    /** What somebody may choose from. */
    organisations,
    lookedUp,
    http,
    app,
    captured,
    addPerson,
    setPassword,
    eventRows,
    letters: (newest?: number) => letters({ config, services }, newest),
    /** In the transaction of a sign-in that completes, before its session is written. */
    onStart: (work: typeof onStart) => {
      onStart = work
    },
    onArrival: (work: typeof onArrival) => {
      onArrival = work
    },
    /** When a new password is hashed, and before it is stored. */
    afterPrepare: (work: typeof onPrepared) => {
      onPrepared = work
    },
    duringVerify: (work: typeof onVerify) => {
      onVerify = work
    },
    disable: (person: User) => users.disable(arranging, person.id),
    browser: (pending: PendingInteraction) => browserOf(app, pending),
  }
}

/** For what is about other things, and signs in more often than anybody may. */
const unguarded = ({ limits, lockout }: Config) => ({
  limits: {
    ...limits,
    signIn: { email: 'off', ip: 'off' },
    secondFactor: { account: 'off', ip: 'off' },
    mail: { email: 'off' },
  } as const,
  lockout: { ...lockout, steps: { steps: [], toJSON: () => '' }, offAfter: 1_000_000 },
})

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
    send: async (fields: Record<string, string>, path = '') => {
      const sent = await post(path, fields)
      const [note = ''] = sent.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
      const shown = await get('', { cookie: `${headers.cookie}; ${note}` })
      return { sent, note, shown, page: await shown.text() }
    },
  }
}
