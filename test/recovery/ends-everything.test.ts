import * as client from 'openid-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { listen } from '../../src/http/server/listen.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { Secret } from '../../src/lib/secret.ts'
import { createPerson } from '../strangers/person.ts'
import { createTestApp } from '../support/app.ts'
import { frozenClock } from '../support/clock.ts'
import { freePort } from '../support/free-port.ts'
import { letters } from '../support/letters.ts'

const callback = 'http://127.0.0.1:4999/callback'
const operator = { actor: { kind: 'operator', id: 'test' } } as const
const credentials = { email: 'ada@example.com', password: 'an engine weaves algebra' }
const renewed = 'a better engine weaves it'

/** The whole server on a socket; somebody has signed in by the hosted pages, and an application holds their tokens. */
async function signedIn() {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  // The engine goes by the time of day: ours stands still at the same moment.
  const app = await createTestApp({ env: { ISSUER_URL: issuer }, clock: frozenClock(new Date().toISOString()) })
  const { users, passwords } = app.people
  const { database } = app.services
  const created = await users.create(operator, { email: credentials.email, name: 'Ada', emailVerified: true })
  const hashed = await passwords.prepare(new Secret(credentials.password), { email: credentials.email })
  if (!created.ok || !hashed.ok) throw new Error('nobody was created')
  const user = created.value
  await inTransaction(database.app, (tx) => passwords.store(tx, operator, user.id, hashed.value))
  const registry = registryOf(app)
  const registered = await registry.clients.create(operator, {
    name: 'Invoices',
    type: 'web',
    redirectUris: [callback],
    firstParty: true,
  })
  if (!registered.ok || !registered.value.secret) throw new Error('no client was registered')
  const { client: own, secret } = registered.value
  const server = await listen({ http: app.http, host: '127.0.0.1', port, log: app.log.log })
  onTestFinished(() => server.close(0))

  const config = await client.discovery(new URL(issuer), own.id, secret.reveal(), undefined, {
    execute: [client.allowInsecureRequests],
  })
  const verifier = client.randomPKCECodeVerifier()
  const authorization = async () =>
    client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: 'openid email offline_access',
      prompt: 'consent',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
  const person = createPerson(issuer)
  const back = await person.signIn(await authorization(), credentials)
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier })
  const { refresh_token: refreshToken, access_token: accessToken } = tokens
  if (!refreshToken) throw new Error('no refresh token')
  const post = (path: string, fields: Record<string, string> = {}) =>
    fetch(new URL(path, issuer), {
      method: 'POST',
      headers: { origin: issuer, 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      body: new URLSearchParams(fields),
    })
  const linkTo = async (path: string) => {
    const found = (await letters(app)).flatMap(({ links }) => links).findLast((link) => new URL(link).pathname === path)
    if (!found) throw new Error(`no letter leads to ${path}`)
    return found
  }
  const works = async () => ({
    refresh: await client.refreshTokenGrant(config, refreshToken).then(
      () => true,
      () => false,
    ),
    introspection: (await client.tokenIntrospection(config, accessToken)).active,
    userinfo: (await fetch(new URL('/oauth/userinfo', issuer), { headers: { authorization: `Bearer ${accessToken}` } }))
      .ok,
    session: (await app.people.sessions.listOf(user.id)).length > 0,
  })
  const signsIn = async (password: string) =>
    createPerson(issuer)
      .signIn(await authorization(), { ...credentials, password })
      .then(
        () => true,
        () => false,
      )
  return { ...app, user, person, authorization, post, linkTo, works, signsIn }
}

const nothingWorks = { refresh: false, introspection: false, userinfo: false, session: false }

describe('a recovered account', () => {
  it('leaves nobody anything that was issued before: sessions, refresh tokens, grants', async () => {
    const { post, linkTo, works, signsIn, person, authorization } = await signedIn()
    await post('/recover', { email: credentials.email })
    const link = await linkTo('/recover/password')
    expect((await works()).refresh).toBe(true)
    expect((await post(link, { password: renewed })).status).toBe(200)
    expect(await works()).toEqual(nothingWorks)
    const stop = await person.visit(await authorization())
    expect(stop.kind === 'page' && stop.html.includes('id="password"'), 'the browser is signed out').toBe(true)
    expect(await signsIn(credentials.password)).toBe(false)
    expect(await signsIn(renewed)).toBe(true)
  })
})

describe('an account that its owner has locked', () => {
  it('is dead for everybody at once, until it is recovered', async () => {
    const { people, user, works, signsIn, post, linkTo, services } = await signedIn()
    await inTransaction(services.database.app, (tx) =>
      people.notices.tell(tx, operator, { user, what: 'new-device', device: 'Firefox, Linux', place: '192.0.2.7' }),
    )
    const notMe = await linkTo('/link/not-me')
    expect(await (await fetch(notMe, { headers: { accept: 'text/html' } })).text()).toContain('Firefox, Linux')
    expect((await works()).userinfo, 'looking locks nothing').toBe(true)
    expect((await post(notMe)).status).toBe(200)
    expect(await works()).toEqual(nothingWorks)
    expect(await signsIn(credentials.password)).toBe(false)

    await post('/recover', { email: credentials.email })
    expect((await post(await linkTo('/recover/password'), { password: renewed })).status).toBe(200)
    expect(await works(), 'what was ended stays ended').toEqual(nothingWorks)
    expect(await signsIn(renewed)).toBe(true)
  })
})
