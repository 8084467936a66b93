import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askToken, authorization, codeFor, type House, openSharedHouse, redeem, signedOut } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
})
afterAll(() => house?.close())

const logout = (parameters: Record<string, string | undefined>) => {
  const url = new URL('/oauth/logout', house.url)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return url
}

const xsrfIn = (page: string) => /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''

describe('a sign-out', () => {
  it('asks first, then ends the session with all that it carried, and sends back where it is registered', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    const offline = { browser, scope: 'openid offline_access', prompt: 'consent' }
    const { body } = await redeem(house, client, await codeFor(house, client, offline))
    const asked = await browser.get(
      logout({ id_token_hint: body['id_token'], post_logout_redirect_uri: signedOut, state: 'bye' }),
    )
    const page = await asked.text()
    expect(page).toContain('id="sign-out"')
    expect(asked.headers.get('content-security-policy')).toContain("form-action 'self' https://app.example.com")
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location'), 'nothing happened yet').toContain('code=')

    const page2 = await (await browser.get(asked.url)).text()
    const done = await browser.post('/oauth/logout/confirm', { xsrf: xsrfIn(page2), logout: 'yes' })
    expect([done.status, done.headers.get('location')]).toEqual([303, `${signedOut}?state=bye`])
    expect((await browser.get(url)).headers.get('location')).toContain('error=login_required')
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
    expect(await askToken(house, client, refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await house.events('session.ended')).at(-1)).toMatchObject({ after: { reason: 'signed-out' } })
    expect((await house.events('grant.revoked')).at(-1)).toMatchObject({ after: { reason: 'signed-out' } })
  })

  it('of a browser that nobody is signed in to leads on at once, without a page or a script', async () => {
    const client = await house.addClient()
    const back = { client_id: client.id, post_logout_redirect_uri: signedOut, state: 'a b&c' }
    const answer = await house.browser().get(logout(back))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${signedOut}?state=a+b%26c`])
    expect(await answer.text()).toBe('')
    expect(answer.headers.get('content-security-policy')).not.toContain('sha256-')

    const browser = house.browser()
    const nowhere = await browser.get(logout({}))
    const end = await browser.get(nowhere.headers.get('location') ?? '')
    expect([nowhere.status, end.status]).toEqual([303, 200])
    expect(await end.text()).toContain('You are signed out')
    const stranger = await house.browser().get(logout({ ...back, post_logout_redirect_uri: 'https://evil.example/' }))
    expect([stranger.status, stranger.headers.get('location')]).toEqual([400, null])
  })

  it('that the person does not want changes nothing, and says so', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    const { body } = await redeem(
      house,
      client,
      await codeFor(house, client, { browser, scope: 'openid offline_access' }),
    )
    const asked = await browser.get(logout({ id_token_hint: body['id_token'], post_logout_redirect_uri: signedOut }))
    const page = await asked.text()
    const ended = (await house.events('session.ended')).length
    const [, stay] = /<a id="stay"[^>]* href="([^"]+)"/.exec(page) ?? []
    const stayed = await browser.get(stay ?? 'no link')
    expect(stayed.status).toBe(200)
    const said = await stayed.text()
    expect(said).toContain('You have not been signed out')
    expect(said).not.toContain('You are signed out')
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location')).toContain('code=')
    expect(await house.events('session.ended')).toHaveLength(ended)
    expect(page, 'no button of the form but the one that signs out').not.toMatch(/<button[^>]*id="stay"/)
  })

  it('ends where nobody asked to be sent back: at a page of ours', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    await codeFor(house, client, { browser })
    const page = await (await browser.get(logout({}))).text()
    const done = await browser.post('/oauth/logout/confirm', { xsrf: xsrfIn(page), logout: 'yes' })
    const end = await browser.get(done.headers.get('location') ?? '')
    expect([end.status, end.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    expect(await end.text()).toContain('You are signed out')
  })

  it.each([
    ['without the button', {}],
    ['with another answer', { logout: 'no' }],
    ['with a field of its own', { logout: 'yes', all: 'yes' }],
  ])('that is sent %s ends nothing and takes nothing back: a page of ours says so', async (_how, fields) => {
    const client = await house.addClient()
    const browser = house.browser()
    const { body } = await redeem(
      house,
      client,
      await codeFor(house, client, { browser, scope: 'openid offline_access', prompt: 'consent' }),
    )
    const asked = await browser.get(logout({ id_token_hint: body['id_token'], post_logout_redirect_uri: signedOut }))
    const xsrf = xsrfIn(await asked.text())
    const counts = async () => [
      (await house.events('session.ended')).length,
      (await house.events('grant.revoked')).length,
    ]
    const before = await counts()
    const answer = await browser.post('/oauth/logout/confirm', { xsrf, ...fields })
    const page = await answer.text()
    expect(answer.status).toBe(400)
    expect(page).toContain('The sign-out was not confirmed, and nothing was changed')
    expect(page).not.toContain('invalid_request')
    expect(await counts()).toEqual(before)
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
    expect(await askToken(house, client, refresh)).toMatchObject({ status: 200 })
    const done = await browser.post('/oauth/logout/confirm', { xsrf, logout: 'yes' })
    expect([done.status, done.headers.get('location')], 'and the button still works').toEqual([303, signedOut])
  })

  it('that somebody forged is refused', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    await codeFor(house, client, { browser })
    await browser.get(logout({}))
    const answer = await browser.post('/oauth/logout/confirm', { xsrf: 'guessed', logout: 'yes' })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('sign-out-incomplete')])
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location')).toContain('code=')
  })
})

describe('another person who signs in in the same browser', () => {
  const offline = { scope: 'openid offline_access', prompt: 'consent' }

  it('gets a session of their own at once, and what the first one held there ends', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    const first = await house.addPerson()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser, ...offline }))
    const second = await house.addPerson()
    const { url, verifier } = await authorization(house, { clientId: client.id, prompt: 'login' })
    const login = (await browser.get(url)).headers.get('location') ?? ''
    const resume = (await browser.post(login)).headers.get('location') ?? ''
    const change = await browser.get(resume)
    expect([change.status, await change.text()], 'no page between').toEqual([303, ''])
    const back = await browser.get(change.headers.get('location') ?? '')
    const code = new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? 'none'
    const { body: issued } = await redeem(house, client, { code, verifier })
    expect(subjectOf(issued['id_token'])).toBe(second.id)
    expect((await house.events('session.ended')).at(-1)).toMatchObject({
      before: { user: first.id },
      after: { reason: 'signed-out' },
    })
    expect((await house.events('grant.revoked')).at(-1)).toMatchObject({ after: { reason: 'signed-out' } })
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
    expect(await askToken(house, client, refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const { url: silent } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(silent)).headers.get('location')).toContain('code=')
  })

  it('also where the first one came in another tab, after the sign-in had begun', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    const { url } = await authorization(house, { clientId: client.id })
    const login = (await browser.get(url)).headers.get('location') ?? ''
    const first = await house.addPerson()
    await codeFor(house, client, { browser, state: 'tab' })
    const second = await house.addPerson()
    const resume = (await browser.post(login)).headers.get('location') ?? ''
    const change = await browser.get(resume)
    expect([change.status, await change.text()]).toEqual([303, ''])
    expect((await browser.get(change.headers.get('location') ?? '')).headers.get('location')).toContain('code=')
    expect((await house.events('session.ended')).at(-1)?.before).toMatchObject({ user: first.id })
    expect(second.id).not.toBe(first.id)
  })

  it('is not signed in by somebody who only knows the address to go on at', async () => {
    const client = await house.addClient()
    const [browser, other] = [house.browser(), house.browser()]
    await house.addPerson()
    await codeFor(house, client, { browser: other })
    await house.addPerson()
    const { url } = await authorization(house, { clientId: client.id })
    const login = (await browser.get(url)).headers.get('location') ?? ''
    const resume = (await browser.post(login)).headers.get('location') ?? ''
    const ended = (await house.events('session.ended')).length
    expect((await other.get(resume)).status).toBe(410)
    expect(await house.events('session.ended')).toHaveLength(ended)
    const { url: silent } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await other.get(silent)).headers.get('location')).toContain('code=')
  })
})

const subjectOf = (idToken = ''): unknown =>
  JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()).sub
