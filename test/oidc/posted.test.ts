import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { authorization, codeFor, type House, openSharedHouse, signedOut } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
})
afterAll(() => house?.close())

const fromElsewhere = (path: string, body: URLSearchParams, more: Record<string, string> = {}) =>
  fetch(new URL(path, house.url), {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site', accept: 'text/html', ...more },
    body,
  })

describe('a request that an application posts by a form', () => {
  it('is the same request as a link: somebody who is signed in comes back with a code', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    await codeFor(house, client, { browser })
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    const sent = await fromElsewhere('/oauth/authorize', url.searchParams)
    expect(sent.status).toBe(303)
    const link = new URL(sent.headers.get('location') ?? '', house.url)
    expect(link.href).toBe(url.href)
    expect((await browser.get(link)).headers.get('location')).toMatch(/[?&]code=/)
  })

  it('keeps a parameter that was given twice, so that it is refused like in a link', async () => {
    const client = await house.addClient()
    const { url } = await authorization(house, { clientId: client.id })
    url.searchParams.append('redirect_uri', 'https://evil.example/')
    const sent = await fromElsewhere('/oauth/authorize', url.searchParams)
    const answer = await house.browser().get(sent.headers.get('location') ?? '')
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it('asks for a sign-out, and does none', async () => {
    const client = await house.addClient()
    const browser = house.browser()
    await codeFor(house, client, { browser })
    const fields = new URLSearchParams({ client_id: client.id, post_logout_redirect_uri: signedOut, state: 'bye' })
    const sent = await fromElsewhere('/oauth/logout', fields)
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `/oauth/logout?${fields}`])
    expect(await (await browser.get(sent.headers.get('location') ?? '')).text()).toContain('id="sign-out"')
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location'), 'nothing happened yet').toContain('code=')
  })

  it('is refused past what fits into an address, and as anything but a form', async () => {
    const large = await fromElsewhere('/oauth/authorize', new URLSearchParams({ state: 'x'.repeat(9000) }))
    expect([large.status, large.headers.get('location')]).toEqual([413, null])
    const json = { 'content-type': 'application/json' }
    expect((await fromElsewhere('/oauth/authorize', new URLSearchParams(), json)).status).toBe(400)
  })

  it('cannot be the confirmation of a sign-out, in the whole program neither', async () => {
    const app = await createTestApp()
    const headers = { origin: 'https://app.example.com', 'content-type': 'application/x-www-form-urlencoded' }
    const post = async (path: string) => (await app.request(path, { method: 'POST', headers, body: 'a=b' })).status
    expect(await post('/oauth/authorize')).toBe(303)
    expect(await post('/oauth/logout')).toBe(303)
    expect(await post('/oauth/logout/confirm')).toBe(403)
    expect((await fromElsewhere('/oauth/logout/confirm', new URLSearchParams({ logout: 'yes' }))).status).toBe(403)
  })
})
