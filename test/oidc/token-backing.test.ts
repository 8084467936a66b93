import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { accessTokens } from '../../src/oidc/access-token.ts'
import { exchange, tokenOf, twoServices } from './exchange/support.ts'
import { arranging, askToken, codeFor, type House, openHouse, openSharedHouse, redeem } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
})
afterAll(() => house?.close())

interface Credentials {
  readonly id: string
  readonly secret?: string | undefined
}

const asClient = (path: string, { id, secret }: Credentials, fields: Record<string, string>, at = house) =>
  fetch(`${at.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams(fields),
  })

const isActive = async (client: Credentials, token: string | undefined, at = house): Promise<unknown> => {
  const answer = await asClient('/oauth/introspect', client, { token: token ?? '' }, at)
  return ((await answer.json()) as { active?: unknown }).active
}

const userinfo = async (token: string | undefined, at = house) =>
  (await fetch(`${at.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status

const offline = { scope: 'openid offline_access', prompt: 'consent' }

async function signedIn(parameters: Record<string, string> = {}) {
  const person = await house.addPerson()
  const client = await house.addClient()
  const browser = house.browser()
  const code = await codeFor(house, client, { browser, ...parameters })
  const { body } = await redeem(house, client, code)
  const [access, refresh] = [body['access_token'], body['refresh_token']]
  const counts = async () => ({
    userinfo: await userinfo(access),
    access: await isActive(client, access),
    refresh: await isActive(client, refresh),
  })
  expect(await counts()).toEqual(alive)
  return { person, client, browser, code, body, counts }
}

const alive = { userinfo: 200, access: true, refresh: true }
const dead = { userinfo: 401, access: false, refresh: false }

const endSessions = (user: Awaited<ReturnType<typeof signedIn>>['person']['id']) =>
  inTransaction(house.services.database.app, (tx) =>
    house.sessions.endAllOf(tx, arranging, user, { reason: 'revoked' }),
  )

describe('introspection and userinfo know what became of a token', () => {
  it.each([
    ['that ends with its session', {}],
    ['that outlives a sleeping session', offline],
  ])('%s: after a sign-out it counts no more', async (_what, parameters) => {
    const { browser, counts } = await signedIn(parameters)
    const page = await (await browser.get('/oauth/logout')).text()
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    await browser.post('/oauth/logout/confirm', { xsrf, logout: 'yes' })
    expect(await counts()).toEqual(dead)
  })

  it.each([
    ['that ends with its session', {}],
    ['that outlives a sleeping session', offline],
  ])('%s: after somebody ended its session elsewhere it counts no more', async (_what, parameters) => {
    const { person, counts } = await signedIn(parameters)
    expect(await counts()).toEqual(alive)
    await endSessions(person.id)
    expect(await counts()).toEqual(dead)
  })

  it('after a replay of its code it counts no more, and what the same session brings later does', async () => {
    const { client, browser, code, counts } = await signedIn()
    expect(await redeem(house, client, code)).toMatchObject({ status: 400 })
    const again = await redeem(house, client, await codeFor(house, client, { browser }))
    expect(await isActive(client, again.body['access_token'])).toBe(true)
    expect(await counts()).toEqual(dead)
  })

  it('after its client has revoked the refresh token it counts no more', async () => {
    const { client, body, counts } = await signedIn()
    expect((await asClient('/oauth/revoke', client, { token: body['refresh_token'] ?? '' })).status).toBe(200)
    expect(await counts()).toEqual(dead)
  })

  it('its client is told to do that where it would revoke the access token', async () => {
    const { client, body, counts } = await signedIn()
    const answer = await asClient('/oauth/revoke', client, { token: body['access_token'] ?? '' })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: 'unsupported_token_type', error_description: expect.stringContaining('revoke the refresh token') },
    ])
    expect(await counts()).toEqual(alive)
  })

  it('of somebody who was disabled, the refresh token counts no more either', async () => {
    const { person, counts } = await signedIn(offline)
    expect((await house.users.disable(arranging, person.id)).ok).toBe(true)
    expect(await counts()).toEqual(dead)
  })

  it('one that was refreshed counts like the first', async () => {
    const { client, body } = await signedIn()
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
    const { body: next } = await askToken(house, client, refresh)
    expect(await userinfo(next['access_token'])).toBe(200)
  })
})

describe('a token without offline access ends with its session, whatever else the application was granted in it', () => {
  const MINUTES_5 = 300_000
  const short = {
    sessionLifetimes: { idle: MINUTES_5, absolute: MINUTES_5 },
    tokens: { refreshIdle: MINUTES_5, accessToken: 3_600_000 },
  }

  it.each([{ subjectType: 'public' }, { subjectType: 'pairwise' }] as const)('$subjectType names', async (named) => {
    const own = await openHouse(short)
    await own.addPerson()
    const client = await own.addClient(named)
    const browser = own.browser()
    const away = await redeem(own, client, await codeFor(own, client, { browser, ...offline }))
    const here = await redeem(own, client, await codeFor(own, client, { browser, scope: 'openid' }))
    const refresh = { grant_type: 'refresh_token', refresh_token: here.body['refresh_token'] ?? '' }
    const again = await askToken(own, client, refresh)
    const tokens = [away, here, again].map(({ body }) => body['access_token'])
    const count = async () => ({
      active: await Promise.all(tokens.map((token) => isActive(client, token, own))),
      userinfo: await Promise.all(tokens.map((token) => userinfo(token, own))),
    })
    expect(await count()).toEqual({ active: [true, true, true], userinfo: [200, 200, 200] })
    own.clock.advance(MINUTES_5 + 1000)
    expect(await count()).toEqual({ active: [true, false, false], userinfo: [200, 401, 401] })
  })

  it('nor does one that it is exchanged for', async () => {
    const own = await openHouse(short)
    const { web, backEnd } = await twoServices(own)
    const browser = own.browser()
    const handedOn = async (parameters: Record<string, string>) => {
      const subject = await tokenOf(own, web, { browser, ...parameters })
      return (await exchange(own, backEnd, subject)).body['access_token']
    }
    const away = await handedOn({ scope: 'openid money:read offline_access', prompt: 'consent' })
    const here = await handedOn({ scope: 'openid money:read' })
    const count = () => Promise.all([away, here].map((token) => isActive(backEnd, token, own)))
    expect(await count()).toEqual([true, true])
    own.clock.advance(MINUTES_5 + 1000)
    expect(await count()).toEqual([true, false])
  })
})

it('a token whose subject is its own client speaks for that program, whatever the client is called', async () => {
  const person = await house.addPerson()
  const registered = await house.addClient()
  const keys = () => house.services.signing.current.fresh()
  const { active } = await keys()
  const token = await new SignJWT({ client_id: person.id, scope: 'openid email' })
    .setProtectedHeader({ alg: active.algorithm, kid: active.kid, typ: 'at+jwt' })
    .setIssuer(house.issuer)
    .setAudience(house.issuer)
    .setSubject(person.id)
    .setExpirationTime(new Date(house.clock.now().getTime() + 60_000))
    .sign(active.privateKey)
  const { verify } = accessTokens({
    issuer: house.issuer,
    keys,
    clients: { find: async () => ({ ...registered, id: person.id }) },
    backing: { behind: async () => ({ user: person.id, session: undefined }) },
    apiKeys: house.companies.apiKeys,
    apis: house.apis,
    current: async (claims) => claims,
    clock: house.clock,
  })
  expect(await verify(token)).toMatchObject({ claims: { sub: person.id }, person: undefined })
})
