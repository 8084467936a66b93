import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { NOTHING } from '../../src/consents/agreed.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { accountApplications } from '../../src/instance/account-applications.ts'
import { sha256 } from '../../src/lib/hash.ts'
import type { ConsentQuestion } from '../../src/login/ports.ts'
import { artifactHash } from '../../src/oidc/artifacts/artifact.ts'
import {
  arranging,
  askToken,
  authorization,
  type Browser,
  codeFor,
  type House,
  openHouse,
  redeem,
} from '../oidc/support.ts'
import { untilSomebodyWaits } from '../support/waiting.ts'

const audience = 'https://invoices.example/api'
const offline = { scope: 'openid email offline_access', prompt: 'consent' }

async function world() {
  const house = await openHouse()
  const person = await house.addPerson()
  await house.addApi({ audience, name: 'Invoices', scopes: ['invoices:read', 'invoices:write'] })
  const client = await house.addClient({ firstParty: false, apis: [audience], name: 'Shop' })
  const { consents } = house.people
  const of = () => consents.of(house.services.database.app, person.id, client.id)
  const announced = async () => {
    const page = await house.services.revocations.since(undefined, 100)
    if (!page.ok) throw new Error(page.error)
    return page.value.entries.map(({ id: _, at: __, expiresAt: ___, ...entry }) => entry)
  }
  return { house, person, client, consents, of, announced }
}

/** Where a request leads somebody who is signed in: to the client, or to a question. */
async function led(house: House, browser: Browser, clientId: string, parameters: Record<string, string> = {}) {
  const { url } = await authorization(house, { clientId, ...parameters })
  const location = (await browser.get(url)).headers.get('location') ?? ''
  const to = new URL(location, house.url)
  if (!to.pathname.startsWith('/login/'))
    return { code: to.searchParams.get('code'), error: to.searchParams.get('error') }
  const pending = (await (await browser.get(to)).json()) as { prompt: string; consent?: ConsentQuestion }
  return { ...pending, page: to }
}

describe('what a person agreed to', () => {
  it("goes with the application: it stands on nobody's page, and each withdrawal is an event", async () => {
    const { house, person, client, consents, of, announced } = await world()
    const page = accountApplications({
      db: house.services.database.app,
      issuer: house.issuer,
      consents,
      clients: house.clients,
      clock: house.clock,
    })
    await codeFor(house, client)
    const other = await house.addPerson()
    await codeFor(house, client)
    const staying = await house.addClient({ firstParty: false, name: 'Bank' })
    await codeFor(house, staying)
    expect((await house.clients.remove(arranging, client.id)).ok).toBe(true)
    expect([await of(), await consents.listOf(person.id), await page.of(person.id)]).toEqual([NOTHING, [], []])
    expect((await page.of(other.id)).map(({ name }) => name)).toEqual(['Bank'])
    const events = await house.events('consent.withdrawn')
    expect(events.map(({ target_id }) => target_id).sort()).toEqual([person.id, other.id].sort())
    expect(events[0]).toMatchObject({ before: { client: client.id }, after: { reason: 'client-removed' } })
    expect(await announced()).toEqual([{ clientId: client.id, reason: 'client-removed' }])
  })

  it('with an application that is removed is on no page, before the last of it has gone', async () => {
    const { house, person, client, consents } = await world()
    await codeFor(house, client)
    const { app: db } = house.services.database
    const clients = { find: async () => undefined }
    const page = accountApplications({ db, issuer: house.issuer, consents, clients, clock: house.clock })
    expect(await page.of(person.id)).toEqual([])
  })

  it('is remembered beyond the session: in another browser nobody is asked again', async () => {
    const { house, client, of } = await world()
    await codeFor(house, client, { browser: house.browser() })
    expect(await of()).toEqual({
      scopes: ['openid', 'profile', 'email'],
      claims: [],
      resources: { [house.issuer]: ['openid', 'profile', 'email'] },
    })
    const other = house.browser()
    const own = await house.addClient()
    await codeFor(house, own, { browser: other })
    expect(await led(house, other, client.id, { prompt: 'none' })).toEqual({ code: expect.any(String), error: null })
    expect(await house.events('consent.granted')).toHaveLength(1)
  })

  it('is widened by what is new, and that alone is asked', async () => {
    const { house, client, of } = await world()
    const browser = house.browser()
    await codeFor(house, client, { browser, scope: 'openid email' })
    const more = { scope: 'openid email invoices:read', resource: audience }
    const asked = await led(house, browser, client.id, more)
    expect(asked).toMatchObject({
      prompt: 'consent',
      consent: {
        asks: { scopes: [], claims: [], apis: [{ name: 'Invoices', scopes: [{ name: 'invoices:read', words: {} }] }] },
        has: { scopes: ['openid', 'email'], apis: [] },
      },
    })
    await codeFor(house, client, { browser, ...more })
    expect(await of()).toEqual({
      scopes: ['openid', 'email'],
      claims: [],
      resources: { [house.issuer]: ['openid', 'email'], [audience]: ['invoices:read'] },
    })
    expect((await house.events('consent.granted')).at(-1)).toMatchObject({
      after: { client: client.id, scopes: [], resources: { [audience]: ['invoices:read'] } },
    })
    expect(await led(house, browser, client.id, { ...more, prompt: 'none' })).toMatchObject({ error: null })
    const write = { scope: 'openid invoices:write', resource: audience, prompt: 'none' }
    expect(await led(house, browser, client.id, write)).toEqual({ code: null, error: 'consent_required' })
  })

  it('is asked anew with prompt=consent, and whoever does not agree then keeps what they agreed to before', async () => {
    const { house, client, of } = await world()
    const browser = house.browser()
    await codeFor(house, client, { browser, scope: 'openid email' })
    const before = await of()
    const asked = await led(house, browser, client.id, { scope: 'openid email', prompt: 'consent' })
    expect(asked).toMatchObject({ prompt: 'consent', consent: { asks: { scopes: ['openid', 'email'] } } })
    expect(asked).not.toHaveProperty('consent.has')
    if (!('page' in asked)) throw new Error('nobody was asked')
    const other = house.browser()
    await codeFor(house, await house.addClient(), { browser: other })
    const granted = async () =>
      (await (await house.database.superuser()).query(`SELECT 1 FROM oidc_artifacts WHERE kind = 'Grant'`)).rowCount
    const grants = await granted()
    const anew = { scope: 'openid email', prompt: 'consent' }
    expect(await led(house, other, client.id, anew)).toMatchObject({ prompt: 'consent' })
    expect(await granted(), 'nothing is granted before they answer').toBe(grants)
    const resume = (await browser.post(`${asked.page.pathname}/abort`)).headers.get('location') ?? ''
    const back = new URL((await browser.get(resume)).headers.get('location') ?? '', house.url)
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(await of()).toEqual(before)
  })

  it('gives a session no more than is asked for there: what outlives it is not given along', async () => {
    const { house, client } = await world()
    await codeFor(house, client, { browser: house.browser(), ...offline })
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser, scope: 'openid email' }))
    const { rows } = await (await house.database.superuser()).query<{ scope: string }>(
      `SELECT payload->'openid'->>'scope' AS scope FROM oidc_artifacts WHERE kind = 'Grant' ORDER BY created_at`,
    )
    expect(rows.map(({ scope }) => scope).sort()).toEqual(['openid email', 'openid email offline_access'])
    expect(body['scope']).toBe('openid email')
  })

  it('is not asked for where the application is ours, not by prompt=consent either, and nothing is kept', async () => {
    const { house, of } = await world()
    const own = await house.addClient()
    const browser = house.browser()
    await codeFor(house, own, { browser })
    expect(await led(house, browser, own.id, offline)).toMatchObject({ code: expect.any(String) })
    const { rows } = await (await house.database.superuser()).query('SELECT 1 FROM consents')
    expect([rows.length, (await of()).scopes]).toEqual([0, []])
  })

  it('counts only for the application and the person that it was given for', async () => {
    const { house, client } = await world()
    await codeFor(house, client)
    const twin = await house.addClient({ firstParty: false, name: 'Twin' })
    const browser = house.browser()
    await codeFor(house, await house.addClient(), { browser })
    expect(await led(house, browser, twin.id, { prompt: 'none' })).toMatchObject({ error: 'consent_required' })
    await house.addPerson({ email: 'eve@example.test' })
    const eve = house.browser()
    await codeFor(house, await house.addClient(), { browser: eve })
    expect(await led(house, eve, client.id, { prompt: 'none' })).toMatchObject({ error: 'consent_required' })
  })
})

describe('what a person agreed to, too', () => {
  it('goes with the person', async () => {
    const { house, person, client } = await world()
    await codeFor(house, client)
    const admin = await house.database.superuser()
    const count = async () => (await admin.query('SELECT 1 FROM consents')).rowCount
    expect(await count()).toBe(1)
    await admin.query(`SET hearthkey.test_arranges = 'yes'`)
    const uuid = person.id.slice('usr_'.length)
    await admin.query('DELETE FROM user_emails WHERE user_id = $1', [uuid])
    await admin.query('DELETE FROM users WHERE id = $1', [uuid])
    expect(await count()).toBe(0)
  })
})

describe('[threat 7] what was taken back', () => {
  it('ends grants and refresh tokens at once, is announced, and is asked for the next time', async () => {
    const { house, person, client, consents, announced, of } = await world()
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser, ...offline }))
    const userinfo = () =>
      fetch(`${house.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${body['access_token']}` } })
    expect((await userinfo()).status).toBe(200)

    expect(await consents.end(arranging, person.id, client.id)).toBe(true)
    const refreshed = await askToken(house, client, {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token'] ?? '',
    })
    expect([refreshed.status, refreshed.body['error']]).toEqual([400, 'invalid_grant'])
    expect((await userinfo()).status).toBe(401)
    expect(await announced()).toEqual([
      { sub: person.id, clientId: client.id, reason: 'consent-withdrawn' },
      { sub: person.id, clientId: client.id, reason: 'access-removed' },
    ])
    expect(await of()).toEqual({ scopes: [], claims: [], resources: {} })
    expect(await led(house, browser, client.id)).toMatchObject({ prompt: 'consent' })
    expect(await house.events('consent.withdrawn')).toMatchObject([
      { target_id: person.id, before: { client: client.id, scopes: ['openid', 'email', 'offline_access'] } },
    ])
    expect(await consents.end(arranging, person.id, client.id), 'there is nothing left').toBe(false)
  })

  it('ends what an application of ours holds, too, and leaves the others alone', async () => {
    const { house, person, client, consents, announced } = await world()
    const own = await house.addClient()
    const [one, other] = [
      await redeem(house, own, await codeFor(house, own)),
      await redeem(house, client, await codeFor(house, client)),
    ]
    expect(await consents.end(arranging, person.id, own.id)).toBe(true)
    const refresh = (of: Parameters<typeof askToken>[1], { body }: typeof one) =>
      askToken(house, of, { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' })
    expect((await refresh(own, one)).status).toBe(400)
    expect((await refresh(client, other)).status).toBe(200)
    expect(await announced()).toEqual([{ sub: person.id, clientId: own.id, reason: 'access-removed' }])
  })

  it('waits for a refresh that is under way, and leaves nothing of what that was answered with', async () => {
    const { house, person, client, consents } = await world()
    const { body } = await redeem(house, client, await codeFor(house, client, offline))
    const token = artifactHash('RefreshToken', body['refresh_token'] ?? '')
    const admin = await house.database.superuser()
    // A grant that was kept for longer stands behind its tokens: whoever deletes them as they stand meets a token first.
    await admin.query(`UPDATE oidc_artifacts SET expires_at = expires_at + interval '1 second' WHERE kind = 'Grant'`)
    const { promise: waits, resolve: isWaiting } = Promise.withResolvers<void>()
    const refreshing = inTransaction(house.services.database.app, async (tx) => {
      // The statements of a refresh, in their order, with the withdrawal between them.
      await sql`SELECT FROM oidc_artifacts
        WHERE id_hash = (SELECT grant_hash FROM oidc_artifacts WHERE id_hash = ${token}) FOR NO KEY UPDATE`.execute(tx)
      await waits
      await sql`UPDATE oidc_artifacts SET consumed_at = now(), uses = 1 WHERE id_hash = ${token}`.execute(tx)
      await sql`INSERT INTO oidc_artifacts (id_hash, kind, grant_hash, user_id, client_id, payload, created_at, expires_at)
        SELECT ${sha256('its successor')}, kind, grant_hash, user_id, client_id, payload, created_at, expires_at
        FROM oidc_artifacts WHERE id_hash = ${token}`.execute(tx)
    })
    const withdrawn = consents.end(arranging, person.id, client.id)
    await untilSomebodyWaits(house.services.database.owner)
    isWaiting()
    await refreshing
    expect(await withdrawn).toBe(true)
    expect((await admin.query('SELECT kind FROM oidc_artifacts WHERE grant_hash IS NOT NULL')).rows).toEqual([])
  })

  it('while a sign-in builds on it, leaves that nothing', async () => {
    const { house, person, client, consents } = await world()
    await codeFor(house, client)
    const browser = house.browser()
    await codeFor(house, await house.addClient(), { browser })
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const { promise: deleted, resolve: isDeleted } = Promise.withResolvers<void>()
    const withdrawn = inTransaction(house.services.database.app, async (tx) => {
      await consents.withdraw(tx, arranging, person.id, client.id)
      isDeleted()
      await held
    })
    await deleted
    const answer = led(house, browser, client.id, { prompt: 'none' }).catch((error: unknown) => error)
    const admin = await house.database.superuser()
    await untilSomebodyWaits(house.services.database.owner)
    letGo()
    await withdrawn
    expect(await answer).not.toHaveProperty('code', expect.any(String))
    const { rows } = await admin.query(`SELECT 1 FROM oidc_artifacts WHERE kind = 'Grant' AND client_id = $1`, [
      client.id,
    ])
    expect(rows).toEqual([])
  })
})
