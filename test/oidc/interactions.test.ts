import { describe, expect, it } from 'vitest'
import { arranging, authorization, codeFor, openHouse, redeem } from './support.ts'

async function waiting(house: Awaited<ReturnType<typeof openHouse>>, clientId: string, parameters = {}) {
  const browser = house.browser()
  const { url, verifier } = await authorization(house, { clientId, ...parameters })
  const answer = await browser.get(url)
  return { browser, verifier, page: new URL(answer.headers.get('location') ?? '', house.url) }
}

describe('an interaction', () => {
  it('says what the page needs to know', async () => {
    const house = await openHouse()
    const client = await house.addClient({ uri: 'https://app.example.com/' })
    const { browser, page } = await waiting(house, client.id, { login_hint: 'ada@example.test', ui_locales: 'de en' })
    expect(await (await browser.get(page)).json()).toEqual({
      uid: page.pathname.split('/').at(-1),
      prompt: 'login',
      client: { id: client.id, name: 'Invoices', firstParty: true, uri: 'https://app.example.com/' },
      redirectUri: 'https://app.example.com/callback',
      scopes: ['openid', 'profile', 'email'],
      resource: house.issuer,
      loginHint: 'ada@example.test',
      uiLocales: 'de en',
      rules: [],
      fresh: false,
      expiresAt: expect.any(String),
    })
  })

  it('belongs to one browser: its address opens nothing in another one', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const mine = await waiting(house, client.id)
    const theirs = await waiting(house, client.id)
    expect((await house.browser().get(mine.page)).status, 'no cookie').toBe(410)
    expect((await theirs.browser.get(mine.page)).status, 'the cookie of another').toBe(410)
    expect((await theirs.browser.post(mine.page)).status).toBe(410)
    const cookie = theirs.browser.cookies
      .filter((one) => one.startsWith('interaction'))
      .map((one) => one.split(';')[0])
      .join('; ')
    expect((await fetch(theirs.page, { headers: { cookie } })).status, 'the cookie itself is good').toBe(200)
    expect((await fetch(mine.page, { headers: { cookie } })).status, 'carried over to the address of another').toBe(410)
    expect((await mine.browser.post(mine.page)).status).toBe(303)
  })

  it('cannot be gone on with in another browser after the sign-in, nor twice', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const { browser, page } = await waiting(house, client.id)
    const resume = (await browser.post(page)).headers.get('location') ?? ''
    const stolen = await house.browser().get(resume)
    expect([stolen.status, stolen.headers.get('location')]).toEqual([410, null])
    expect((await browser.get(resume)).headers.get('location')).toMatch(/[?&]code=/)
    const again = await browser.get(resume)
    expect([again.status, again.headers.get('location')]).toEqual([410, null])
    expect((await browser.post(page)).status, 'the back button').toBe(410)
  })

  it('two tabs sign in side by side', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const browser = house.browser()
    const requests = [
      await authorization(house, { clientId: client.id }),
      await authorization(house, { clientId: client.id }),
    ]
    const pages: URL[] = []
    for (const { url } of requests)
      pages.push(new URL((await browser.get(url)).headers.get('location') ?? '', house.url))
    for (const page of pages) {
      const resume = (await browser.post(page)).headers.get('location') ?? ''
      expect((await browser.get(resume)).headers.get('location')).toMatch(/[?&]code=/)
    }
  })

  it('a sign-in answers no other question than the sign-in', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient({ firstParty: false })
    const { browser, page } = await waiting(house, client.id)
    const resume = (await browser.post(page)).headers.get('location') ?? ''
    const consent = new URL((await browser.get(resume)).headers.get('location') ?? '', house.url)
    expect(await (await browser.get(consent)).json()).toMatchObject({ prompt: 'consent' })
    expect((await browser.post(consent)).status).toBe(410)
    expect((await browser.post(`${page.pathname}/consent`)).status).toBe(410)
    expect((await browser.post(`${consent.pathname}/consent`)).status).toBe(303)
  })

  it('given up brings the client an error it understands, and no code', async () => {
    const house = await openHouse()
    const client = await house.addClient()
    const { browser, page } = await waiting(house, client.id)
    const resume = (await browser.post(`${page.pathname}/abort`)).headers.get('location') ?? ''
    const back = new URL((await browser.get(resume)).headers.get('location') ?? '')
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(back.searchParams.get('code')).toBeNull()
  })
})

describe('consent', () => {
  it('is asked for once a session where the client is not ours, and recorded', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const client = await house.addClient({ firstParty: false })
    const browser = house.browser()
    const code = await codeFor(house, client, { browser })
    expect((await redeem(house, client, code)).status).toBe(200)
    expect(await house.events('consent.granted')).toMatchObject([
      {
        actor_id: person.id,
        target_kind: 'grant',
        after: {
          client: client.id,
          scopes: ['openid', 'profile', 'email'],
          resources: { [house.issuer]: ['openid', 'profile', 'email'] },
        },
      },
    ])
    await codeFor(house, client, { browser })
    expect(await house.events('consent.granted')).toHaveLength(1)
  })
})

describe('the session', () => {
  it('signs in to a second client without asking again', async () => {
    const house = await openHouse()
    await house.addPerson()
    const [one, two] = [await house.addClient(), await house.addClient()]
    const browser = house.browser()
    await codeFor(house, one, { browser })
    const { url } = await authorization(house, { clientId: two.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location')).toMatch(/[?&]code=/)
  })

  it('changes its cookie with each sign-in, and the one before opens nothing', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const browser = house.browser()
    await codeFor(house, client, { browser })
    const cookieOf = (from: readonly string[]) =>
      from
        .filter((cookie) => /^session(\.sig)?=/.test(cookie))
        .map((cookie) => cookie.split(';')[0])
        .slice(-2)
        .join('; ')
    const before = cookieOf(browser.cookies)
    await codeFor(house, client, { browser, prompt: 'login' })
    expect(cookieOf(browser.cookies)).not.toBe(before)
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie: before } })
    expect(answer.headers.get('location')).toContain('error=login_required')
  })

  it('[MOS-7] that was ended elsewhere is dead at once, and so is what it carried', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const client = await house.addClient()
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser }))
    await house.services.database.app
      .transaction()
      .execute((tx) =>
        house.sessions.endAllOf(tx, { actor: { kind: 'system', id: 'test' } }, person.id, { reason: 'revoked' }),
      )
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location')).toContain('error=login_required')
    const refreshed = await fetch(`${house.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }),
    })
    expect(refreshed.status).toBe(400)
  })
})

it('a session that was ended before its browser came back brings no code', async () => {
  const house = await openHouse({ poolSize: 2 })
  const person = await house.addPerson()
  const client = await house.addClient()
  // More often than there are connections: a refused one gives its own back.
  for (let time = 0; time < 3; time++) {
    const { browser, page } = await waiting(house, client.id)
    const resume = (await browser.post(page)).headers.get('location') ?? ''
    await house.services.database.app
      .transaction()
      .execute((tx) =>
        house.sessions.endAllOf(tx, { actor: { kind: 'system', id: 'test' } }, person.id, { reason: 'revoked' }),
      )
    const answer = await browser.get(resume)
    expect([answer.status, answer.headers.get('location')]).toEqual([410, null])
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location')).toContain('error=login_required')
  }
})

describe('over https', () => {
  it('[DRP-8] every cookie is httpOnly, Secure, SameSite, prefixed, of a narrow path and a bounded age', async () => {
    const house = await openHouse({ env: { ISSUER_URL: 'https://id.example.com', TRUSTED_PROXIES: '127.0.0.1' } })
    await house.addPerson()
    const client = await house.addClient()
    const { url } = await authorization(house, { clientId: client.id })
    const answer = await fetch(url, { redirect: 'manual', headers: { 'x-forwarded-proto': 'https' } })
    expect(answer.headers.get('location')).toMatch(/^\/login\//)
    const uid = answer.headers.get('location')?.slice('/login/'.length)
    const cookies = answer.headers.getSetCookie()
    expect(cookies).toHaveLength(4)
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Secure-(interaction|resume)(\.sig)?=/)
      expect(cookie.toLowerCase()).toMatch(/; expires=/)
      for (const part of ['; secure', '; httponly', '; samesite=lax']) expect(cookie.toLowerCase()).toContain(part)
      expect(cookie).toMatch(new RegExp(`; path=/(login|oauth/authorize)/${uid}`))
    }
  })
})

it('whoever was disabled before their browser came back begins anew, and gets no code', async () => {
  const house = await openHouse({ poolSize: 2 })
  const person = await house.addPerson()
  const client = await house.addClient()
  const { browser, page } = await waiting(house, client.id)
  const resume = (await browser.post(page)).headers.get('location') ?? ''
  expect((await house.users.disable(arranging, person.id)).ok).toBe(true)
  const answer = await browser.get(resume)
  expect([answer.status, answer.headers.get('location')]).toEqual([410, null])
})
