import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { undisturbedSince } from '../support/undisturbed.ts'
import { mutations } from './mutations.ts'
import { authorization, callback, codeFor, type House, openSharedHouse, redeem, signedOut } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
})
afterAll(() => house?.close())

const requestIdOf = (page: string) => /[0-9a-zA-Z_-]{20,}/.exec(page.split('Request')[1] ?? '')?.[0]

describe('PKCE with S256 is asked of everybody', () => {
  it.each([
    ['missing', { code_challenge: undefined, code_challenge_method: undefined }],
    ['plain', { code_challenge_method: 'plain' }],
    ['without its method', { code_challenge_method: undefined }],
  ])('a challenge that is %s is refused, and the client is told', async (_how, parameters) => {
    for (const type of ['web', 'single-page'] as const) {
      const client = await house.addClient({ type })
      const { url } = await authorization(house, { clientId: client.id, ...parameters })
      const answer = await house.browser().get(url)
      const back = new URL(answer.headers.get('location') ?? '')
      expect(`${back.origin}${back.pathname}`).toBe(callback)
      expect(back.searchParams.get('error')).toBe('invalid_request')
      expect(back.searchParams.get('state')).toBe('a-state')
      const requestId = answer.headers.get('x-request-id')
      const description = back.searchParams.get('error_description') ?? ''
      expect(description.endsWith(` (request ${requestId})`), description).toBe(true)
      expect(description, 'what RFC 6749 §4.1.2.1 allows').toMatch(/^[ !#-[\]-~]+$/)
      expect(house.log.lines()).toContainEqual(
        expect.objectContaining({ requestId, client: client.id, error: 'invalid_request' }),
      )
    }
  })

  it('a code without its verifier, or with another one, brings nothing', async () => {
    await house.addPerson()
    const client = await house.addClient()
    const code = await codeFor(house, client)
    for (const verifier of ['', 'x'.repeat(43), callback])
      expect(await redeem(house, client, { ...code, verifier })).toMatchObject({
        status: 400,
        body: { error: expect.stringMatching(/^invalid_(grant|request)$/) },
      })
    expect(await redeem(house, client, code), 'a wrong guess costs the owner nothing').toMatchObject({ status: 200 })
  })
})

describe('a control character in a parameter', () => {
  it.each(['nonce', 'acr_values', 'state', 'login_hint', 'ui_locales'])(
    '%s: the client is told at once, and nobody is asked to sign in for it',
    async (name) => {
      await house.addPerson()
      const client = await house.addClient()
      const browser = house.browser()
      await codeFor(house, client, { browser })
      for (const value of ['openid a\u0000b', 'openid a\nb', 'openid a\u0085b'])
        for (const whose of [browser, house.browser()]) {
          const { url } = await authorization(house, { clientId: client.id, [name]: value })
          const answer = await whose.get(url)
          const back = new URL(answer.headers.get('location') ?? '', house.url)
          expect([`${back.origin}${back.pathname}`, back.searchParams.get('error')]).toEqual([
            callback,
            'invalid_request',
          ])
        }
    },
  )
})

describe('a program is answered in JSON, whatever it says that it takes', () => {
  const javas = 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2'
  it.each(['/oauth/token', '/oauth/introspect', '/oauth/revoke'])('%s', async (path) => {
    const client = await house.addClient()
    for (const accept of [javas, 'text/html', 'application/json']) {
      const answer = await fetch(`${house.url}${path}`, {
        method: 'POST',
        headers: { accept, authorization: `Basic ${btoa(`${client.id}:hks_wrong`)}` },
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', token: 'x' }),
      })
      expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
        401,
        'application/json; charset=utf-8',
        { error: 'invalid_client', error_description: 'client authentication failed' },
      ])
      expect(answer.headers.get('www-authenticate')).toContain('Basic')
    }
  })
})

it('whoever turns back from a sign-in is no fault: the log says so calmly, and the client is told', async () => {
  const client = await house.addClient()
  const browser = house.browser()
  const { url } = await authorization(house, { clientId: client.id })
  const login = (await browser.get(url)).headers.get('location') ?? ''
  const resume = (await browser.post(`${login}/abort`)).headers.get('location') ?? ''
  const answer = await browser.get(resume)
  expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied')
  const requestId = answer.headers.get('x-request-id')
  const said = house.log.lines().filter((line) => line['requestId'] === requestId && line['msg'] !== 'request')
  expect(said).toMatchObject([{ level: 'info', client: client.id, msg: 'a person did not go on with a sign-in' }])
})

describe('response types and modes', () => {
  it.each(['token', 'id_token', 'code id_token', 'code token', 'none', ''])('%s is refused', async (response_type) => {
    const client = await house.addClient()
    const { url } = await authorization(house, { clientId: client.id, response_type })
    const answer = await house.browser().get(url)
    expect(answer.headers.get('location') ?? '').not.toMatch(/access_token|id_token=|code=/)
    expect(`${answer.headers.get('location')}`).toMatch(/error=(unsupported_response_type|invalid_request)/)
  })
})

describe('an answer goes to what is registered, character by character', () => {
  it('60 ways to write a redirect_uri otherwise: nobody is sent anywhere', async () => {
    const client = await house.addClient({ redirectUris: [callback, 'https://app.example.com/other'] })
    const tried = mutations(callback)
    expect(tried.length).toBeGreaterThanOrEqual(60)
    for (const redirect_uri of tried) {
      const { url } = await authorization(house, { clientId: client.id, redirect_uri })
      const answer = await house.browser().get(url)
      expect({ redirect_uri, status: answer.status, location: answer.headers.get('location') }).toEqual({
        redirect_uri,
        status: 400,
        location: null,
      })
    }
  })

  it('given twice, it is refused', async () => {
    const client = await house.addClient()
    const { url } = await authorization(house, { clientId: client.id })
    url.searchParams.append('redirect_uri', 'https://evil.example/')
    const answer = await house.browser().get(url)
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it('after a sign-out, too: what is not registered is a page, never a redirect', async () => {
    const client = await house.addClient()
    for (const uri of [
      ...mutations(signedOut.replace('signed-out', 'callback')),
      '//evil.example',
      '\\evil.example',
      'https:evil.example',
    ]) {
      const url = new URL('/oauth/logout', house.url)
      url.searchParams.set('client_id', client.id)
      url.searchParams.set('post_logout_redirect_uri', uri)
      const answer = await house.browser().get(url)
      expect({ uri, status: answer.status, location: answer.headers.get('location') }).toEqual({
        uri,
        status: 400,
        location: null,
      })
    }
  })

  it('without a client nobody is sent on after a sign-out', async () => {
    const url = new URL('/oauth/logout?post_logout_redirect_uri=https://evil.example/', house.url)
    const page = await (await house.browser().get(url)).text()
    expect(page).not.toContain('evil.example')
  })
})

describe('a page says what is wrong, and the log says why', () => {
  it('an unknown client', async () => {
    const { url } = await authorization(house, { clientId: 'nobody' })
    const answer = await house.browser().get(url)
    const page = await answer.text()
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(page).toContain('The application that sent you here is not known')
    expect(requestIdOf(page)).toBe(answer.headers.get('x-request-id'))
  })

  it('a wrong redirect_uri: a stranger reads no address, the log has both under the request id', async () => {
    const client = await house.addClient()
    const { url } = await authorization(house, { clientId: client.id, redirect_uri: 'https://wrong.example/back' })
    const answer = await house.browser().get(url)
    const page = await answer.text()
    expect(page).not.toContain('https://wrong.example/back')
    expect(page).not.toContain(callback)
    const line = house.log.lines().find(({ received }) => received === 'https://wrong.example/back')
    expect(line).toMatchObject({
      requestId: answer.headers.get('x-request-id'),
      client: client.id,
      error: 'invalid_redirect_uri',
      registered: [callback],
    })
  })

  it.each([
    ['an administrator reads both addresses', 'admin', true],
    ['another person does not', undefined, false],
  ] as const)('a wrong redirect_uri: %s', async (_who, instanceRole, reads) => {
    await house.addPerson(instanceRole ? { instanceRole } : {})
    const client = await house.addClient()
    const browser = house.browser()
    await codeFor(house, client, { browser })
    const { url } = await authorization(house, { clientId: client.id, redirect_uri: 'https://wrong.example/back' })
    const page = await (await browser.get(url)).text()
    expect(page.includes('https://wrong.example/back')).toBe(reads)
    expect(page.includes(callback)).toBe(reads)
  })

  it('a 1 MB state is refused at once', async () => {
    const client = await house.addClient()
    const { url } = await authorization(house, { clientId: client.id, state: 'x'.repeat(1_000_000) })
    const took = undisturbedSince()
    const answer = await house.browser().get(url)
    expect(answer.status).toBe(431)
    expect(took()).toBeLessThan(500)
  })
})

describe('a code', () => {
  it('of one client brings another client nothing, and stays good for its own', async () => {
    await house.addPerson()
    const [client, thief] = [await house.addClient(), await house.addClient()]
    const code = await codeFor(house, client)
    expect(await redeem(house, thief, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await redeem(house, client, code)).toMatchObject({ status: 200 })
  })

  it('without the secret of its client brings nothing', async () => {
    await house.addPerson()
    const client = await house.addClient()
    const code = await codeFor(house, client)
    for (const secret of [undefined, '', 'hks_wrong', `${client.secret}x`, client.secret?.slice(0, -1)])
      expect(await redeem(house, { id: client.id, secret }, code)).toMatchObject({
        status: expect.toBeOneOf([400, 401]),
      })
    expect(await redeem(house, client, code)).toMatchObject({ status: 200 })
  })

  it('with another redirect_uri brings nothing', async () => {
    await house.addPerson()
    const client = await house.addClient({ redirectUris: [callback, 'https://app.example.com/other'] })
    const code = await codeFor(house, client)
    expect(await redeem(house, client, code, { redirect_uri: 'https://app.example.com/other' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })

  it('that nobody was given, or in another spelling, brings nothing', async () => {
    await house.addPerson()
    const client = await house.addClient()
    const { code, verifier } = await codeFor(house, client)
    for (const wrong of ['', 'x', '\u0000', code.toLowerCase(), `${code}=`, `${code}\n`, code.slice(0, -1)])
      expect(await redeem(house, client, { code: wrong, verifier }), wrong).toMatchObject({ status: 400 })
  })
})
