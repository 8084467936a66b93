import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../../src/db/transaction.ts'
import { sessionId } from '../../../src/sessions/session.ts'
import { untilSomebodyWaits } from '../../support/waiting.ts'
import { arranging, askToken, openHouse } from '../support.ts'
import { addDevice, answer, ask, begin, letIn, look, poll, userAgent } from './support.ts'

describe('a device that signs in by a code', () => {
  it('gets tokens of whoever typed the code and allowed it, once', async () => {
    const house = await openHouse()
    const ada = await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id, { scope: 'openid profile offline_access' })
    expect(begun).toMatchObject({
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${house.issuer}/oauth/device`,
      verification_uri_complete: `${house.issuer}/oauth/device?user_code=${begun.user_code}`,
      expires_in: 600,
    })
    expect((await poll(house, client, begun.device_code)).body).toMatchObject({ error: 'authorization_pending' })
    const page = await letIn(house, begun.user_code)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('Your device is signed in')

    const { status, body } = await poll(house, client, begun.device_code)
    expect([status, body['error']]).toEqual([200, undefined])
    const claims = decodeJwt(body['access_token'] ?? '')
    expect(claims).toMatchObject({ sub: ada.id, client_id: client.id, acr: 'aal1', amr: ['pwd'] })
    expect(claims['sid']).toMatch(/^ses_/)
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject({ sub: ada.id, aud: client.id, name: 'Ada Lovelace' })
    expect(body['refresh_token']).toBeDefined()
    const [approved, ...more] = await house.events('device.approved')
    expect([approved?.['target_id'] !== undefined, more.length]).toEqual([true, 0])
  })

  it('is asked about whosever it is: a session that is there already lets no device in by itself', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house, { firstParty: true })
    const browser = house.browser()
    await letIn(house, (await begin(house, client.id)).user_code, browser)
    // Signed in, and it has all of this already.
    const again = await begin(house, client.id)
    const posted = await browser.post('/oauth/device', { user_code: again.user_code })
    expect(posted.headers.get('location')).toMatch(/\/login\//)
    const pending = (await (await browser.get(posted.headers.get('location') ?? '')).json()) as Record<string, unknown>
    expect(pending).toMatchObject({
      prompt: 'consent',
      device: { code: again.user_code, name: userAgent, ip: '127.0.0.1' },
    })
    expect((await poll(house, client, again.device_code)).body).toMatchObject({ error: 'authorization_pending' })
  })

  it('tells the device that it was denied, and leaves the code worth nothing', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    const browser = house.browser()
    const page = await answer(house, browser, await look(house, browser, begun.user_code), 'abort')
    expect(await page.text()).toContain('The device was not signed in')
    expect((await poll(house, client, begun.device_code)).body).toMatchObject({ error: 'access_denied' })
    const late = await browser.post('/oauth/device', { user_code: begun.user_code })
    expect(late.status).toBe(422)
    expect(await house.events('device.denied')).toHaveLength(1)
    expect(await house.events('device.approved')).toHaveLength(0)
  })

  it('[threat 24] fills the box from the address and does nothing else', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const browser = house.browser()
    await letIn(house, (await begin(house, client.id)).user_code, browser)
    const begun = await begin(house, client.id)
    const page = await browser.get(begun.verification_uri_complete)
    expect(page.status).toBe(200)
    expect(page.headers.get('set-cookie')).toBeNull()
    const text = await page.text()
    expect(text).toContain(`value="${begun.user_code}"`)
    expect(text).not.toContain('<script')
    expect((await poll(house, client, begun.device_code)).body).toMatchObject({ error: 'authorization_pending' })
    expect(await (await browser.get('/oauth/device?user_code=%22%3E%3Cscript%3E')).text()).not.toContain('<script')
    const sneaked = await browser.post('/oauth/device', { user_code: begun.user_code, confirm: 'yes' })
    expect(sneaked.status).toBe(400)
    const foreign = await fetch(new URL('/oauth/device', house.url), {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ user_code: begun.user_code }),
    })
    expect(foreign.status).toBe(403)
  })

  it.each([
    ['in lower case', (code: string) => code.toLowerCase()],
    ['without the dash', (code: string) => code.replace('-', '')],
    ['with spaces', (code: string) => ` ${code.replace('-', ' ').split('').join(' ')} `],
    ['with a dash that a phone made longer', (code: string) => code.replace('-', '—')],
  ])('takes the code %s', async (_how, typed) => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    expect((await letIn(house, typed(begun.user_code))).status).toBe(200)
    expect((await poll(house, client, begun.device_code)).status).toBe(200)
  })

  it('says the same of a code that is wrong, has expired or was answered', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const browser = house.browser()
    const answered = await begin(house, client.id)
    await letIn(house, answered.user_code, browser)
    const expired = await begin(house, client.id)
    const said = async (code: string) => {
      const page = await browser.post('/oauth/device', { user_code: code })
      return [page.status, (await page.text()).replaceAll(code, '…')]
    }
    const of = { wrong: await said('WXZT-WXZT'), noCode: await said('1234'), answered: await said(answered.user_code) }
    house.clock.advance(601_000)
    expect(new Set([...Object.values(of), await said(expired.user_code)].map((one) => JSON.stringify(one))).size).toBe(
      1,
    )
    expect(of.wrong[0]).toBe(422)
  })

  it.each([
    { engine: 'ahead of it', by: -2_000, after: 601_000, status: 422 },
    { engine: 'ahead of it', by: -2_000, after: 599_000, status: 303 },
    { engine: 'behind it', by: 60_000, after: 601_000, status: 422 },
    { engine: 'behind it', by: 60_000, after: 599_000, status: 303 },
  ])('a code is open for as long as it says by our clock, with the engine’s $engine: $after ms', async (given) => {
    const house = await openHouse()
    const client = await addDevice(house)
    house.clock.advance(given.by)
    const { user_code } = await begin(house, client.id)
    house.clock.advance(given.after)
    expect((await house.browser().post('/oauth/device', { user_code })).status).toBe(given.status)
  })

  it('slows a device down that asks too often, and forgets that with time', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const { device_code } = await begin(house, client.id)
    const errors = []
    for (const seconds of [0, 1, 2, 2, 5]) {
      house.clock.advance(seconds * 1000)
      errors.push((await poll(house, client, device_code)).body['error'])
    }
    const [go, slow] = ['authorization_pending', 'slow_down']
    expect(errors).toEqual([go, slow, slow, go, go])
  })

  it('[threat 3] gives tokens to no other client, and to none that may not use codes of devices', async () => {
    const house = await openHouse()
    await house.addPerson()
    const [client, other] = [await addDevice(house), await addDevice(house)]
    const begun = await begin(house, client.id)
    await letIn(house, begun.user_code)
    expect((await poll(house, other, begun.device_code)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await poll(house, client, begun.device_code)).status).toBe(200)
    const web = await house.addClient()
    const refused = await ask(house, web.id)
    expect(refused.status).toBe(401)
    const spa = await house.addClient({ type: 'single-page', postLogoutRedirectUris: [] })
    expect((await ask(house, spa.id)).status).toBe(400)
  })

  it('ends with what is behind it: a person who was disabled gets no token, whatever they allowed', async () => {
    const house = await openHouse()
    const ada = await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    await letIn(house, begun.user_code)
    await house.users.disable({ actor: { kind: 'operator', id: 'test' } }, ada.id)
    expect((await poll(house, client, begun.device_code)).body).toMatchObject({ error: 'invalid_grant' })
  })

  it.each([false, true])(
    '[threat 7] ends with the session in which it was let in, polled for or not, offline access too (of ours: %s)',
    async (firstParty) => {
      const house = await openHouse()
      await house.addPerson()
      const client = await addDevice(house, { firstParty })
      const allowed = async () => {
        const begun = await begin(house, client.id, { scope: 'openid offline_access' })
        await letIn(house, begun.user_code)
        return begun.device_code
      }
      const polled = (await poll(house, client, await allowed())).body['refresh_token'] ?? ''
      const waiting = await allowed()
      const admin = await house.database.superuser()
      const { rows } = await admin.query(`SELECT session_id FROM oidc_artifacts WHERE kind = 'Grant'`)
      expect(rows).toEqual([{ session_id: expect.any(String) }, { session_id: expect.any(String) }])
      const { rows: sessions } = await admin.query<{ id: string }>('SELECT id FROM sessions')
      for (const { id } of sessions)
        await inTransaction(house.services.database.app, (tx) =>
          house.sessions.end(tx, arranging, sessionId.fromUuid(id), 'revoked'),
        )
      const refreshed = await askToken(house, client, { grant_type: 'refresh_token', refresh_token: polled })
      expect(refreshed.body).toMatchObject({ error: 'invalid_grant' })
      expect((await poll(house, client, waiting)).body).toMatchObject({ error: 'invalid_grant' })
      expect(await house.events('grant.revoked')).toHaveLength(2)
    },
  )

  it('is let in by nobody whose session ended while they looked at the question', async () => {
    const house = await openHouse()
    const ada = await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    const browser = house.browser()
    const page = await look(house, browser, begun.user_code)
    const admin = await house.database.superuser()
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const { promise: ended, resolve: isEnded } = Promise.withResolvers<void>()
    const ending = inTransaction(house.services.database.app, async (tx) => {
      await house.sessions.endAllOf(tx, arranging, ada.id, { reason: 'revoked' })
      isEnded()
      await held
    })
    await ended
    const posted = browser.post(`${page.pathname}/consent`)
    await untilSomebodyWaits(house.services.database.owner)
    letGo()
    await ending
    expect((await posted).status).not.toBe(303)
    expect((await admin.query(`SELECT 1 FROM oidc_artifacts WHERE kind = 'Grant'`)).rowCount).toBe(0)
    expect((await house.events('consent.granted')).length).toBe(0)
    expect((await poll(house, client, begun.device_code)).body).toMatchObject({ error: 'authorization_pending' })
  })

  it('is renewed like any sign-in, and ends with the session in which it was let in', async () => {
    const house = await openHouse()
    const ada = await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id, { scope: 'openid offline_access' })
    await letIn(house, begun.user_code)
    const first = (await poll(house, client, begun.device_code)).body['refresh_token'] ?? ''
    const refresh = (token: string) => askToken(house, client, { grant_type: 'refresh_token', refresh_token: token })
    const renewed = await refresh(first)
    expect(renewed.status).toBe(200)
    expect(renewed.body['refresh_token']).not.toBe(first)
    await inTransaction(house.services.database.app, (tx) =>
      house.sessions.endAllOf(tx, arranging, ada.id, { reason: 'revoked' }),
    )
    expect((await refresh(renewed.body['refresh_token'] ?? '')).body).toMatchObject({ error: 'invalid_grant' })
  })
})
