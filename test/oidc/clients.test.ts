import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everythingHeard } from '../support/heard.ts'
import {
  arranging,
  askToken,
  authorization,
  callback,
  codeFor,
  type House,
  openHouse,
  openSharedHouse,
  redeem,
} from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
})
afterAll(() => house?.close())

const program = { redirectUris: [], grantTypes: ['client_credentials'] } as const
const forItself = { grant_type: 'client_credentials' }

describe('a client secret', () => {
  it('[MON-1] is long, random, and stored as a keyed hash alone', async () => {
    const client = await house.addClient()
    expect(client.secret).toMatch(/^hks_[A-Za-z0-9_-]{43}$/)
    const row = await house.services.database.app
      .selectFrom('oidc_client_secrets')
      .selectAll()
      .where('client_id', '=', client.id)
      .executeTakeFirstOrThrow()
    expect(row.secret_hash).toHaveLength(32)
    expect(JSON.stringify(row)).not.toContain(client.secret)
  })

  it('is taken in the header and in the body, and not in both', async () => {
    const client = await house.addClient(program)
    const inBody = (fields: Record<string, string>) => askToken(house, { id: client.id }, { ...forItself, ...fields })
    expect(await askToken(house, client, forItself)).toMatchObject({ status: 200 })
    expect(await inBody({ client_secret: client.secret ?? '' })).toMatchObject({ status: 200 })
    expect(await inBody({})).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await askToken(house, client, { ...forItself, client_secret: client.secret ?? '' })).toMatchObject({
      status: 400,
    })
  })

  it('rotated: the new one is taken and the one before refused, on every process within a second', async () => {
    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const client = await house.addClient(program)
    for (const at of [house, other]) expect((await askToken(at, client, forItself)).status).toBe(200)
    const rotated = await house.clients.rotateSecret(arranging, client.id, { overlap: 0 })
    const secret = rotated.ok ? rotated.value.secret.reveal() : ''
    for (const at of [house, other]) {
      await everythingHeard(at.services)
      expect((await askToken(at, client, forItself)).status).toBe(401)
      expect((await askToken(at, { id: client.id, secret }, forItself)).status).toBe(200)
    }
    expect(await house.events('client.secret_rotated')).toMatchObject([
      { target_id: client.id, before: { countUntil: null }, after: { hint: secret.slice(-4) } },
    ])
  })
})

describe('the APIs of a client', () => {
  it('[MON-2] are given and taken, with what was before and after in the log, and tokens follow', async () => {
    const [one, other] = ['urn:apis:one', 'urn:apis:other']
    for (const audience of [one, other]) await house.addApi({ audience, name: audience, scopes: ['read'] })
    const client = await house.addClient({ ...program, apis: [one] })
    const ask = async (resource: string) => (await askToken(house, client, { ...forItself, resource })).status
    expect([await ask(one), await ask(other)]).toEqual([200, 400])
    const change = { addApis: [other], removeApis: [one] }
    expect(await house.clients.update(arranging, client.id, change)).toMatchObject({ ok: true })
    await everythingHeard(house.services)
    expect([await ask(other), await ask(one)]).toEqual([200, 400])
    expect(await house.events('client.updated')).toMatchObject([
      { target_id: client.id, before: { apis: [one] }, after: { apis: [other] } },
    ])
    const refused = await house.clients.update(arranging, client.id, { addApis: ['urn:none'], removeApis: [other] })
    expect(refused).toEqual({ ok: false, error: { reason: 'no-such-api', audience: 'urn:none' } })
    expect(await ask(other)).toBe(200)
  })
})

describe('what is changed of a client', () => {
  it('is what every process goes by within a second: where people are sent back to, how long tokens live', async () => {
    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const client = await house.addClient({ grantTypes: ['authorization_code', 'client_credentials'] })
    const elsewhere = 'https://app.example.com/elsewhere'
    const at = async (house: House, redirect_uri: string) => {
      const { url } = await authorization(house, { clientId: client.id, redirect_uri })
      return (await house.browser().get(url)).status
    }
    for (const one of [house, other]) expect([await at(one, callback), await at(one, elsewhere)]).toEqual([303, 400])
    const change = {
      redirectUris: [elsewhere],
      accessTokenTtl: 120,
      requiresPar: true,
    } as const
    expect(await house.clients.update(arranging, client.id, change)).toMatchObject({ ok: true })
    for (const one of [house, other]) {
      await everythingHeard(one.services)
      expect((await askToken(one, client, forItself)).body.expires_in).toBe(120)
      expect(await at(one, callback)).toBe(400)
    }
    expect(await house.events('client.updated')).toContainEqual(
      expect.objectContaining({
        before: expect.objectContaining({ redirectUris: [callback], accessTokenTtl: null, requiresPar: false }),
        after: expect.objectContaining({ redirectUris: [elsewhere], accessTokenTtl: 120, requiresPar: true }),
      }),
    )
    const count = (await house.events('client.updated')).length
    expect(await house.clients.update(arranging, client.id, change)).toMatchObject({ ok: true })
    expect(await house.events('client.updated'), 'nothing changed, nothing happened').toHaveLength(count)
  })
})

describe('a client that was disabled', () => {
  it('is refused everywhere, on every process within a second: sign-in, code, refresh, its own tokens, userinfo', async () => {
    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    await house.addPerson()
    const client = await house.addClient({ grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] })
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser }))
    const code = await codeFor(house, client, { browser })
    expect((await askToken(other, client, forItself)).status).toBe(200)
    expect((await house.clients.disable(arranging, client.id)).ok).toBe(true)

    for (const at of [house, other]) {
      await everythingHeard(at.services)
      expect((await askToken(at, client, forItself)).status).toBe(401)
    }
    const refused = { status: 401, body: { error: 'invalid_client' } }
    expect(await redeem(other, client, code)).toMatchObject(refused)
    expect(
      await askToken(other, client, { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }),
    ).toMatchObject(refused)
    const userinfo = await fetch(`${other.url}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    })
    expect(userinfo.status).toBe(401)
    const { url } = await authorization(house, { clientId: client.id })
    expect((await browser.get(url)).status).toBe(400)

    expect((await house.clients.enable(arranging, client.id)).ok).toBe(true)
    await everythingHeard(other.services)
    expect((await askToken(other, client, forItself)).status).toBe(200)
  })
})

describe('a client that was removed', () => {
  it('is nobody’s on every process within a second, with all that was granted through it, and its id is not given again', async () => {
    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    await house.addPerson()
    const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const
    const client = await house.addClient({ id: 'going', grantTypes })
    const bystander = await house.addClient({ grantTypes })
    const browser = house.browser()
    const offline = { browser, scope: 'openid offline_access', prompt: 'consent' }
    const { body } = await redeem(house, client, await codeFor(house, client, offline))
    const theirs = await redeem(house, bystander, await codeFor(house, bystander, offline))
    for (const at of [house, other]) expect((await askToken(at, client, forItself)).status).toBe(200)
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }

    expect(await house.clients.remove(arranging, client.id)).toEqual({ ok: true, value: { grants: 1 } })
    for (const at of [house, other]) {
      await everythingHeard(at.services)
      expect((await askToken(at, client, forItself)).status).toBe(401)
      expect(await askToken(at, client, refresh)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
      const userinfo = await fetch(`${at.url}/oauth/userinfo`, {
        headers: { authorization: `Bearer ${body['access_token']}` },
      })
      expect(userinfo.status).toBe(401)
    }
    const left = await house.services.database.owner
      .selectFrom('oidc_artifacts')
      .select(['kind'])
      .where('client_id', '=', client.id)
      .where('kind', 'in', ['Grant', 'RefreshToken'])
      .execute()
    expect(left).toEqual([])
    expect(await house.clients.find(client.id)).toBeUndefined()
    expect((await house.clients.list({ limit: 1000 })).map(({ id }) => id)).not.toContain(client.id)
    expect(await house.clients.remove(arranging, client.id)).toMatchObject({ ok: false })
    const again = { id: client.id, name: 'Another', type: 'web', redirectUris: [callback] } as const
    expect(await house.clients.create(arranging, again)).toMatchObject({ error: { reason: 'id-taken' } })
    expect(await house.events('client.removed')).toMatchObject([{ target_id: client.id, before: { name: 'Invoices' } }])
    const still = { grant_type: 'refresh_token', refresh_token: theirs.body['refresh_token'] ?? '' }
    expect(await askToken(house, bystander, still), 'others go on').toMatchObject({ status: 200 })
  })
})

describe('somebody who was disabled', () => {
  it('[threat 7] and is enabled again has nothing left of before: no session, no refresh token, no access token', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const client = await house.addClient({ grantTypes: ['authorization_code', 'refresh_token'] })
    const browser = house.browser()
    const offline = { browser, scope: 'openid offline_access', prompt: 'consent' }
    const { body } = await redeem(house, client, await codeFor(house, client, offline))
    const waiting = await codeFor(house, client, { ...offline, prompt: 'login consent' })
    expect((await house.users.disable(arranging, person.id)).ok).toBe(true)
    expect((await house.users.enable(arranging, person.id)).ok).toBe(true)

    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
    expect(await askToken(house, client, refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await redeem(house, client, waiting)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const headers = { authorization: `Bearer ${body['access_token']}` }
    expect((await fetch(`${house.url}/oauth/userinfo`, { headers })).status).toBe(401)
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location')).toContain('error=login_required')

    const revoked = await house.events('grants.revoked')
    expect(revoked).toMatchObject([
      { target_id: person.id, before: { clients: [client.id] }, after: { reason: 'user-disabled' } },
    ])
    expect(await redeem(house, client, await codeFor(house, client, offline)), 'and may sign in anew').toMatchObject({
      status: 200,
    })
  })

  it('gets no token from what they were given before', async () => {
    const person = await house.addPerson()
    const client = await house.addClient()
    const browser = house.browser()
    // offline_access: what it gives does not end with the session, so the person alone decides.
    const offline = { browser, scope: 'openid offline_access', prompt: 'consent' }
    const { body } = await redeem(house, client, await codeFor(house, client, offline))
    const code = await codeFor(house, client, { browser })
    await house.users.create(arranging, { email: 'other-admin@example.test', name: 'Other' })
    expect((await house.users.disable(arranging, person.id)).ok).toBe(true)
    expect(await redeem(house, client, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(
      await askToken(house, client, { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }),
    ).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const userinfo = await fetch(`${house.url}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    })
    expect(userinfo.status).toBe(401)
  })
})

describe('what is registered has one reading', () => {
  it.each([
    ['http://app.example.com/callback', 'plain-http'],
    ['https://app.example.com/#there', 'has-fragment'],
    ['https://app.example.com/callback#', 'has-fragment'],
    ['https://*.example.com/callback', 'has-wildcard'],
    ['https://app.example.com/*', 'has-wildcard'],
    ['https://user@app.example.com/callback', 'has-userinfo'],
    ['https://app.example.com/a b', 'has-spaces'],
    ['https://a;sandbox/callback', 'unreadable-host'],
    ['https://a,sandbox/callback', 'unreadable-host'],
    ['https://app.example.com\\callback', 'has-spaces'],
    ['/callback', 'not-absolute'],
    ['app.example.com/callback', 'not-absolute'],
    ['javascript:alert(1)', 'unsafe-scheme'],
    ['com.example.app:/callback', 'unsafe-scheme'],
    ['https://App.example.com/callback', 'not-normalised'],
    ['https://app.example.com:443/callback', 'not-normalised'],
    ['https://app.example.com/a/../callback', 'not-normalised'],
  ])('%s is refused: %s', async (uri, fault) => {
    const web = { name: 'Invoices', type: 'single-page' } as const
    expect(await house.clients.create(arranging, { ...web, redirectUris: [uri] })).toEqual({
      ok: false,
      error: { reason: 'redirect-uri', uri, fault },
    })
    expect(
      await house.clients.create(arranging, { ...web, redirectUris: [callback], postLogoutRedirectUris: [uri] }),
    ).toMatchObject({ ok: false })
  })

  it.each([
    'http://localhost:8080/callback',
    'http://127.0.0.1/callback',
    'https://app.example.com',
    'https://app.example.com/a?b=c',
  ])('%s is taken', async (uri) => {
    const client = await house.addClient({ redirectUris: [uri] })
    await house.addPerson()
    const { url } = await authorization(house, { clientId: client.id, redirect_uri: uri })
    const back = await house.browser().signIn(url)
    expect(back.href.startsWith(uri)).toBe(true)
  })

  it('an app on a device has a scheme of its own, and any port of the loopback', async () => {
    await house.addPerson()
    const app = await house.addClient({
      type: 'native',
      redirectUris: ['com.example.app:/callback', 'http://127.0.0.1/back'],
    })
    for (const redirect_uri of ['com.example.app:/callback', 'http://127.0.0.1:49152/back']) {
      const { url } = await authorization(house, { clientId: app.id, redirect_uri })
      expect((await house.browser().signIn(url)).href.startsWith(redirect_uri)).toBe(true)
    }
    const { url } = await authorization(house, { clientId: app.id, redirect_uri: 'http://127.0.0.1:49152/other' })
    expect((await house.browser().get(url)).status).toBe(400)
  })

  it('a client without a secret does not speak for itself, and an id is taken once', async () => {
    const input = { name: 'Invoices', redirectUris: [callback] }
    expect(
      await house.clients.create(arranging, { ...input, type: 'single-page', grantTypes: ['client_credentials'] }),
    ).toEqual({ ok: false, error: { reason: 'secret-needed' } })
    await house.addClient({ id: 'the-one' })
    expect(await house.clients.create(arranging, { ...input, type: 'single-page', id: 'the-one' })).toEqual({
      ok: false,
      error: { reason: 'id-taken' },
    })
    for (const id of ['', ' ', 'a b', '../x', 'x'.repeat(101)])
      expect(await house.clients.create(arranging, { ...input, type: 'single-page', id })).toEqual({
        ok: false,
        error: { reason: 'id-invalid' },
      })
  })

  it('a client is never called like a person, a session or an API: not here, and not in the database', async () => {
    const person = await house.addPerson()
    const input = { name: 'Invoices', type: 'web', ...program } as const
    for (const id of [person.id, person.id.toUpperCase(), person.id.replace('usr', 'ses'), `api_${'0'.repeat(32)}`]) {
      expect(await house.clients.create(arranging, { ...input, id })).toMatchObject({ error: { reason: 'id-invalid' } })
      const inserted = house.services.database.app
        .insertInto('oidc_clients')
        .values({
          client_id: id,
          name: 'Invoices',
          type: 'single-page',
          auth_method: 'none',
          redirect_uris: [],
          post_logout_redirect_uris: [],
          grant_types: [],
          first_party: false,
          created_at: house.clock.now(),
        })
        .execute()
      await expect(inserted).rejects.toMatchObject({ code: '23514' })
    }
    for (const id of [`cl_${'0'.repeat(32)}`, 'usr_reports'])
      expect(await house.addClient({ id })).toMatchObject({ id })
  })
})
