import { Hono } from 'hono'
import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from 'oauth4webapi'
import { inject, onTestFinished } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import type { Config } from '../../src/config/config.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { amrOf } from '../../src/factors/amr.ts'
import type { Proof } from '../../src/factors/factor.ts'
import { levelOf } from '../../src/factors/level.ts'
import { writeProofs } from '../../src/factors/stored.ts'
import { createHttp } from '../../src/http/create-http.ts'
import type { HttpEnv } from '../../src/http/env.ts'
import { listen } from '../../src/http/server/listen.ts'
import { certificateHeadersOf } from '../../src/instance/certificate-headers.ts'
import { forTokens, openCompanies } from '../../src/instance/companies.ts'
import { openPeople } from '../../src/instance/people.ts'
import { openServices } from '../../src/instance/services.ts'
import type { Id } from '../../src/lib/ids.ts'
import type { NewApi } from '../../src/oidc/apis/service.ts'
import type { NewClient } from '../../src/oidc/clients/registration.ts'
import { createOidc, type Oidc } from '../../src/oidc/create-oidc.ts'
import { jwksRoutes } from '../../src/oidc/jwks.ts'
import { postedFromAnywhere } from '../../src/oidc/posted.ts'
import { programEndpoints } from '../../src/oidc/program-endpoints.ts'
import type { Sessions } from '../../src/sessions/service.ts'
import { cookieJar } from '../strangers/cookie-jar.ts'
import { frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { quickHasher } from '../support/hasher.ts'
import { everythingHeard } from '../support/heard.ts'
import { captureLog } from '../support/log.ts'
import { STARTED_TEMPLATE } from '../support/template.ts'

export const callback = 'https://app.example.com/callback'
export const signedOut = 'https://app.example.com/signed-out'
export const arranging: ActorContext = { actor: { kind: 'operator', id: 'test' } }

interface HouseOptions {
  readonly env?: Record<string, string>
  readonly poolSize?: number
  readonly tokens?: Partial<Config['tokens']>
  readonly sessionLifetimes?: Partial<Config['sessions']>
  readonly mfa?: Partial<Config['mfa']>
  readonly clients?: Partial<Config['clients']>
  readonly outgoing?: Partial<Config['outgoing']>
  readonly server?: Partial<Config['server']>
  /** A second process of the same instance. */
  readonly beside?: { readonly database: TestDatabase; readonly issuer: string }
}

export type House = Awaited<ReturnType<typeof buildHouse>>

/** Gone with the test. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const house = await buildHouse(options)
  onTestFinished(() => house.close())
  return house
}

/** For several tests that leave each other alone: whoever opens it closes it. */
export const openSharedHouse = (options: HouseOptions = {}): Promise<House> => buildHouse(options)

/** Everything of the protocol over real people and real sessions, on a socket; the hosted pages alone are a stand-in. */
async function buildHouse({
  env = {},
  poolSize,
  tokens,
  sessionLifetimes,
  mfa,
  clients: dynamic,
  outgoing,
  server: served,
  beside,
}: HouseOptions) {
  await using opened = new AsyncDisposableStack()
  const database = beside?.database ?? (await createTestDatabase({ template: STARTED_TEMPLATE }))
  if (!beside) opened.defer(() => database.close())
  const port = await freePort()
  const issuer = beside?.issuer ?? env['ISSUER_URL'] ?? `http://127.0.0.1:${port}`
  // Judged once for all ports: that was a tenth of the time of this process until a house stood.
  const given = testConfig({ KEYS_DIR: inject('postgres').keysDir, ISSUER_URL: 'http://127.0.0.1:1', ...env })
  const sized = poolSize === undefined ? given : { ...given, database: { ...given.database, poolSize } }
  const config = {
    ...sized,
    server: { ...sized.server, issuerUrl: issuer, ...served },
    tokens: { ...sized.tokens, ...tokens },
    sessions: { ...sized.sessions, ...sessionLifetimes },
    mfa: { ...sized.mfa, ...mfa },
    clients: { ...sized.clients, ...dynamic },
    outgoing: { ...sized.outgoing, ...outgoing },
  }
  // The engine goes by the time of day: ours stands still at the same moment.
  const clock = frozenClock(new Date().toISOString())
  const log = captureLog()
  const actor = { kind: 'system', id: 'test' } as const
  const services = await openServices({ config, target: database.target, clock, log: log.log, actor, bootstrap: false })
  opened.defer(() => services.close())
  const { keyring, events, listener, signing } = services
  const db = services.database.app
  const people = openPeople({ ...services, config, clock, log: log.log, hasher: quickHasher(log.log, 100) })
  opened.defer(() => people.close())
  const { users, sessions } = people
  const companies = openCompanies({ config, services, people, clock })
  const toldOfReplay: Id<'usr'>[] = []
  const oidc = await createOidc({
    config,
    db,
    listener,
    keyring,
    keySet: signing.current,
    makeKeysOf: (api) => signing.keys.ofApi(api).ensure(),
    events,
    users,
    sessions,
    consents: people.consents,
    ...forTokens(companies, services),
    tellOfReplay: async (_tx, _by, user) => toldOfReplay.push(user),
    clock,
    log: log.log,
  })
  const { clients, apis } = oidc
  const http = createHttp({
    issuerUrl: issuer,
    trustedProxies: config.server.trustedProxies,
    certificateHeaders: certificateHeadersOf(config),
    bodyLimit: config.server.bodyLimit,
    programmatic: [
      '/oauth/par',

      ...['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/oauth/userinfo', '/oauth/par'],
      ...['/oauth/device_authorization', '/oauth/register', '/oauth/register/*'],
    ],
    fromAnywhere: postedFromAnywhere,
    ofOauth: programEndpoints,
    log: log.log,
  })
  const signsIn: SignsIn = {}
  let persons = 1
  http.app.route('/', jwksRoutes({ published: async () => (await signing.current.fresh()).jwks }))
  http.app.route('/', oidc.routes)
  http.app.route('/', standIn(oidc, sessions, db, clock, signsIn))
  const server = await listen({ http, host: '127.0.0.1', port, log: log.log })
  opened.defer(() => server.close(0))
  const url = `http://127.0.0.1:${port}`

  const held = opened.move()
  const house = {
    close: () => held.disposeAsync(),
    issuer,
    /** Whose codes or refresh tokens came twice, each time that a letter would say so. */
    toldOfReplay,
    url,
    port,
    config,
    clock,
    log,
    database,
    services,
    users,
    sessions,
    people,
    companies,
    oidc,
    clients,
    apis,
    /** Whoever the stand-in signs in from now on. */
    addPerson: async (input: { email?: string; instanceRole?: 'admin' } = {}) => {
      const email = input.email ?? (signsIn.user ? `ada-${persons++}@example.test` : 'ada@example.test')
      const person = await users.create(arranging, { ...input, email, name: 'Ada Lovelace', emailVerified: true })
      if (!person.ok) throw new Error(person.error)
      signsIn.user = person.value.id
      return person.value
    },
    /** From now on, wherever a person is asked. */
    choose: (organisation: Id<'org'>) => {
      signsIn.organisation = organisation
    },
    signInAs: (user: Id<'usr'>) => {
      signsIn.user = user
    },
    /** What whoever signs in from now on proves, a minute after one another; `auth_time` is that of the first. */
    prove: (...proven: readonly Proven[]) => {
      signsIn.proven = proven
    },
    addClient: async (input: Partial<NewClient> = {}) => {
      const created = await clients.create(arranging, {
        name: 'Invoices',
        type: 'web',
        redirectUris: [callback],
        postLogoutRedirectUris: [signedOut],
        firstParty: true,
        ...input,
      })
      if (!created.ok) throw new Error(JSON.stringify(created.error))
      return { ...created.value.client, secret: created.value.secret?.reveal() }
    },
    addApi: async (input: NewApi) => {
      const created = await apis.create(arranging, input)
      if (!created.ok) throw new Error(created.error)
      // Until this process has heard of its keys, whoever asks for a token is told to come again.
      if (input.ownKeys) await everythingHeard(services)
      return created.value
    },
    events: (action: string) =>
      inInstance(services.database.owner, (tx) =>
        tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute(),
      ),
    browser: () => createBrowser(url),
  }
  return house
}

interface SignsIn {
  user?: Id<'usr'>
  organisation?: Id<'org'>
  proven?: readonly Proven[]
}

type WithoutTime<P> = P extends Proof ? Omit<P, 'at'> : never
export type Proven = WithoutTime<Proof>

/** What the hosted pages do, without pages: whoever opens one has signed in, or agreed. */
function standIn(
  { interactions }: Oidc,
  sessions: Sessions,
  db: Parameters<typeof inTransaction>[0],
  clock: { now(): Date },
  signsIn: SignsIn,
): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  routes.get('/login/:uid', async (c) => {
    const pending = await interactions.find(c)
    return pending ? c.json(pending) : c.json({ gone: true }, 410)
  })
  routes.post('/login/:uid', async (c) => {
    const { user } = signsIn
    if (!user) throw new Error('nobody was created who could sign in')
    const at = clock.now()
    const proofs = (signsIn.proven ?? [{ factor: 'password' }]).map(
      (proof, index): Proof => ({ ...proof, at: new Date(at.getTime() + index * 60_000) }),
    )
    const [amr, acr] = [amrOf(proofs), levelOf(proofs)]
    const session = await inTransaction(db, (tx) =>
      sessions.start(
        tx,
        { actor: { kind: 'person', id: user } },
        { user, amr, acr, userAgent: undefined, ip: '192.0.2.1', at, proofs: writeProofs(proofs) },
      ),
    )
    return interactions.signedIn(c, { user, amr, acr, at, session })
  })
  routes.post('/login/:uid/organisation', (c) => {
    const { organisation } = signsIn
    if (!organisation) throw new Error('nobody was told which organisation to choose')
    return interactions.chosen(c, organisation)
  })
  routes.post('/login/:uid/consent', (c) => interactions.consented(c))
  routes.post('/login/:uid/abort', (c) => interactions.aborted(c, 'access_denied'))
  return routes
}

export type Browser = ReturnType<typeof createBrowser>

/** Keeps cookies and follows nothing by itself. */
function createBrowser(origin: string) {
  const jar = cookieJar()
  const cookies: string[] = []
  const go = async (to: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(to, origin)
    const cookie = jar.headerFor(url)
    const headers = new Headers({ accept: 'text/html', origin, ...(cookie !== undefined && { cookie }) })
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const answer = await fetch(url, { redirect: 'manual', ...init, headers })
    jar.keep(answer)
    cookies.push(...answer.headers.getSetCookie())
    return answer
  }
  const post = (to: string | URL, fields: Record<string, string> = {}) =>
    go(to, { method: 'POST', body: new URLSearchParams(fields) })
  return {
    get: (to: string | URL) => go(to),
    post,
    /** Every cookie that was ever set, as it came. */
    cookies,
    /** From an authorization request to where the browser is sent in the end. */
    signIn: async (authorization: URL): Promise<URL> => {
      let answer = await go(authorization)
      for (let step = 0; step < 6; step++) {
        const location = answer.headers.get('location')
        if (!location) throw new Error(`stands at ${answer.url}: ${answer.status} ${await answer.text()}`)
        const url = new URL(location, origin)
        if (url.origin !== origin) return url
        if (!url.pathname.startsWith('/login/')) answer = await go(url)
        else {
          const pending = (await (await go(url)).json()) as { prompt?: string }
          answer = await post(pending.prompt === 'login' ? url : `${url.pathname}/${pending.prompt}`)
        }
      }
      throw new Error('redirected in circles')
    },
  }
}

interface AuthorizeOptions {
  readonly clientId: string
  readonly [parameter: string]: string | undefined
}

export interface Authorization {
  readonly url: URL
  readonly verifier: string
}

/** A request as a good client makes it; `undefined` leaves a parameter out. */
export async function authorization(house: Pick<House, 'url'>, options: AuthorizeOptions): Promise<Authorization> {
  const { clientId, ...parameters } = options
  const verifier = generateRandomCodeVerifier()
  const url = new URL('/oauth/authorize', house.url)
  const all = {
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value)
  return { url, verifier }
}

interface TokenAnswer {
  readonly status: number
  readonly body: Record<string, string> & { readonly expires_in?: number }
}

interface Credentials {
  readonly id: string
  readonly secret?: string | undefined
}

export async function askToken(
  house: Pick<House, 'url'>,
  { id, secret }: Credentials,
  fields: Record<string, string>,
): Promise<TokenAnswer> {
  const answer = await fetch(new URL('/oauth/token', house.url), {
    method: 'POST',
    headers: secret === undefined ? {} : { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams(secret === undefined ? { client_id: id, ...fields } : fields),
  })
  return { status: answer.status, body: (await answer.json()) as TokenAnswer['body'] }
}

export interface Code {
  readonly code: string
  readonly verifier: string
}

export const redeem = (
  house: Pick<House, 'url'>,
  client: Credentials,
  { code, verifier }: Code,
  more: Record<string, string> = {},
) =>
  askToken(house, client, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: callback,
    ...more,
  })

/** Signed in, and back with a code that nobody has redeemed. */
export async function codeFor(
  house: House,
  client: Credentials,
  {
    browser = house.browser(),
    ...parameters
  }: { browser?: Browser; [parameter: string]: string | Browser | undefined } = {},
): Promise<Code> {
  const { url, verifier } = await authorization(house, {
    clientId: client.id,
    ...(parameters as Record<string, string>),
  })
  const back = await browser.signIn(url)
  const code = back.searchParams.get('code')
  if (!code) throw new Error(`no code came back: ${back}`)
  return { code, verifier }
}
