import type { ActorContext } from '../../src/audit/actor.ts'
import type { CreationOptions, RequestOptions } from '../../src/credentials/passkey/ask.ts'
import { codeAt } from '../../src/credentials/totp/codes.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { PendingInteraction, SignedIn } from '../../src/login/ports.ts'
import { en } from '../../src/ui/messages/en.ts'
import type { User } from '../../src/users/user.ts'
import { makePasskey, type SoftwarePasskey, usePasskey } from '../support/software-authenticator.ts'
import { COOKIE } from './engine-stand-in.ts'
import { firefox, type Login, openLogin } from './support.ts'

export const password = 'a hearth keeps the house warm'
export const email = 'ada@example.com'
export const WRONG = '000000'
export const SECOND = 1000
export const MINUTE = 60 * SECOND
const STEP = 30 * SECOND

const by: ActorContext = { actor: { kind: 'operator', id: 'test' } }
/** Of an enrolment that nobody sees: not that of any sign-in. */
const aside = sha256('arranged by the test')

/** An app with its secret: what it shows, at whichever time. */
export interface App {
  /** Now, or so many steps of thirty seconds from now. */
  code(steps?: number): string
}

/** The sign-in with people who have second factors, and browsers that keep what they are given. */
export async function openSteps(options: Parameters<typeof openLogin>[0] = {}) {
  const login = await openLogin(options)
  const { clock, people, services } = login
  const { app: db } = services.database
  const { totps, backupCodes, emailCodes, passkeys } = people.factors

  const appOf = (secret: Secret<string>): App => ({
    code: (steps = 0) => codeAt(secret, Math.floor(clock.now().getTime() / STEP) + steps),
  })
  /** An authenticator app. Half a minute passes, so that it shows a code that nobody has used. */
  const addTotp = async (user: User): Promise<App> => {
    await totps.offer(aside, user.id)
    const offer = await totps.offered(aside, user)
    if (!offer) throw new Error('nothing was offered')
    const app = appOf(offer.secret)
    const added = await inTransaction(db, (tx) =>
      totps.add(tx, by, { holder: aside, user: user.id, code: app.code(), name: 'Phone' }),
    )
    if (!added.ok) throw new Error(added.error)
    clock.advance(STEP)
    return app
  }
  const addPasskey = async (user: User): Promise<SoftwarePasskey> => {
    const { passkey, answer } = makePasskey(await passkeys.askForEnrolment(aside, user))
    const added = await inTransaction(db, (tx) =>
      passkeys.add(tx, by, { holder: aside, user: user.id, response: answer }),
    )
    if (!added.ok) throw new Error(added.error.kind)
    return passkey
  }
  const addBackupCodes = async (user: User): Promise<string[]> => {
    const codes = await inTransaction(db, (tx) => backupCodes.generate(tx, by, user.id))
    return codes.map((code) => code.reveal())
  }
  const addEmailCodes = (user: User) => inTransaction(db, (tx) => emailCodes.enable(tx, by, user.id))
  /** The newest letter with a code, and its code. */
  const mailedCode = async (): Promise<string> => {
    const sent = (await login.letters()).filter(({ message }) => message === 'email-code')
    const [code] = /\b\d{6}\b/.exec(sent.at(-1)?.text ?? '') ?? []
    if (code === undefined) throw new Error('no code was mailed')
    return code
  }
  /** By somebody else, or elsewhere, as it is done everywhere. */
  const factorChanged = (user: User, what: Parameters<typeof people.factorChanged>[3]) =>
    inTransaction(db, (tx) => people.factorChanged(tx, by, user, what))
  const removeTotps = (user: User) => inTransaction(db, (tx) => totps.removeAllOf(tx, by, user.id))
  const replacePassword = async (user: User, to: string, reason: 'password-changed' | 'account-recovered') => {
    const hashed = await people.passwords.prepare(new Secret(to), { email: user.email })
    if (!hashed.ok) throw new Error(hashed.error.reason)
    await inTransaction(db, (tx) =>
      people.replacePassword(tx, by, user, hashed.value, {
        reason,
        byMailbox: reason === 'account-recovered',
        seen: {},
      }),
    )
  }
  const rows = (table: 'sessions' | 'login_attempts') => db.selectFrom(table).selectAll().execute()
  const arrivals = (uid: string): SignedIn[] =>
    login.engine.signedInCalls.flatMap((call) => (call.uid === uid ? [call.result] : []))

  return {
    ...login,
    by,
    db,
    totps,
    backupCodes,
    passkeys,
    appOf,
    addTotp,
    addPasskey,
    addBackupCodes,
    addEmailCodes,
    mailedCode,
    factorChanged,
    removeTotps,
    changePassword: (user: User, to: string) => replacePassword(user, to, 'password-changed'),
    /** Whoever reads the mailbox chooses a password. */
    recover: (user: User, to = password) => replacePassword(user, to, 'account-recovered'),
    rows,
    arrivals,
    /** A new sign-in in a new browser, or in one that there is. */
    begin: (more: Partial<PendingInteraction> = {}, jar: Jar = newJar()) => {
      const pending = login.engine.begin(more)
      return { ...visit(login, pending, jar), pending, jar, arrived: () => arrivals(pending.uid) }
    },
  }
}

export type Steps = Awaited<ReturnType<typeof openSteps>>
export type Visit = ReturnType<Steps['begin']>

interface Kept {
  readonly path: string
  readonly value: string
}

/** What a browser keeps, by name and path. */
export type Jar = Map<string, Kept>
export const newJar = (): Jar => new Map()

function keep(jar: Jar, answer: Response): void {
  for (const line of answer.headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split('; ')
    const [name = ''] = pair.split('=', 1)
    const path = attributes.find((one) => one.startsWith('Path='))?.slice('Path='.length) ?? '/'
    const isOver = attributes.some((one) => one === 'Max-Age=0')
    if (isOver) jar.delete(`${name} ${path}`)
    else jar.set(`${name} ${path}`, { path, value: pair })
  }
}

/** A browser at one sign-in. Every answer is followed to the page that it leads to, as long as that is a page of the sign-in. */
function visit({ app }: Login, { uid }: PendingInteraction, jar: Jar) {
  const base = `/login/${uid}`
  const request = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
    const kept = [...jar.values()].filter((cookie) => path.startsWith(cookie.path)).map(({ value }) => value)
    const cookie = [`${COOKIE}=${uid}`, ...kept].join('; ')
    const usual = { cookie, accept: 'text/html', origin: 'https://id.example.com', 'user-agent': firefox }
    const answer = await app.request(path, { ...init, headers: { ...usual, ...init.headers } })
    keep(jar, answer)
    return answer
  }
  const get = (path = '') => request(`${base}${path}`)
  const post = (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    request(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  /** Where it ends: `done`, or the page that is shown. */
  const send = async (path: string, fields: Record<string, string> = {}) => {
    const sent = await post(path, fields)
    const to = sent.headers.get('location') ?? ''
    const isDone = to === `/oauth/authorize/${uid}`
    const shown = sent.status === 303 && !isDone ? await request(to) : sent
    const page = await shown.text()
    return { sent, status: shown.status, isDone, page, at: isDone ? ('done' as const) : placeOf(page) }
  }
  const options = async <T extends RequestOptions | CreationOptions = RequestOptions>(): Promise<T> => {
    const answer = await post('/passkey/options')
    if (answer.status !== 200) throw new Error(`no options: ${answer.status}`)
    return JSON.parse(await answer.text())
  }
  return {
    get,
    post,
    send,
    at: async (path = '') => placeOf(await (await get(path)).text()),
    page: async (path = '') => (await get(path)).text(),
    signIn: (fields: Record<string, string> = {}) => send('', { email, password, ...fields }),
    withCode: (code: string, more: Record<string, string> = {}) =>
      send('/second-factor', { factor: 'totp', code, ...more }),
    withPasskey: async (
      passkey: SoftwarePasskey,
      { ceremony = {}, ...fields }: { ceremony?: Parameters<typeof usePasskey>[2]; trust?: string } = {},
    ) => send('/passkey', { credential: JSON.stringify(usePasskey(passkey, await options(), ceremony)), ...fields }),
    options,
    addsPasskey: async () => {
      const { passkey, answer } = makePasskey(await options<CreationOptions>())
      return { passkey, ...(await send('/passkey/add', { credential: JSON.stringify(answer) })) }
    },
  }
}

const places = [
  ['sign-in', 'id="login"'],
  ['new-password', 'id="new-password"'],
  ['second-factor', en['step.second.title']],
  ['mailbox', en['step.mailbox.title']],
  ['enrol', en['step.enrol.title']],
  ['enrol-totp', en['step.totp.title']],
  ['backup-codes', en['step.codes.title']],
  ['offer', en['step.offer.title']],
  ['stuck', en['step.stuck.title'].split('{')[0] ?? ''],
] as const
type Place = (typeof places)[number][0] | 'done' | 'elsewhere'

/** Which page it is, by what stands above it. */
function placeOf(page: string): Place {
  return places.find(([, mark]) => page.includes(mark))?.[0] ?? 'elsewhere'
}
