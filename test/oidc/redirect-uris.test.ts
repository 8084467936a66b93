import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClientType } from '../../src/oidc/clients/client.ts'
import { mutations } from './mutations.ts'
import { authorization, callback, type House, openSharedHouse } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
})
afterAll(() => house?.close())

const appsOf: Readonly<Record<Exclude<ClientType, 'service'>, readonly string[]>> = {
  web: [callback, 'http://localhost:8080/callback'],
  'single-page': [callback, 'http://127.0.0.1:8080/callback'],
  native: [callback, 'http://127.0.0.1/callback', 'http://[::1]/callback', 'com.example.app:/callback'],
}

describe.each(Object.entries(appsOf))('[threat 1] whoever signs in to a %s application', (type, redirectUris) => {
  it('is sent to no other spelling of where it said, by no way in', async () => {
    const client = await house.addClient({ type: type as ClientType, redirectUris })
    const tried = redirectUris.flatMap((uri) => [...mutations(uri), uri.replace('localhost', '127.0.0.1')])
    const elsewhere = [...new Set(tried)].filter((uri) => !redirectUris.includes(uri) && !isFreePort(type, uri))
    expect(elsewhere.length).toBeGreaterThan(100)
    for (const redirect_uri of elsewhere) {
      const { url } = await authorization(house, { clientId: client.id, redirect_uri })
      const answer = await fetch(url, { redirect: 'manual' })
      expect({ redirect_uri, status: answer.status, location: answer.headers.get('location') }).toEqual({
        redirect_uri,
        status: 400,
        location: null,
      })
      const pushed = await fetch(`${house.url}/oauth/par`, {
        method: 'POST',
        headers: client.secret ? { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` } : {},
        body: url.searchParams,
      })
      expect({ redirect_uri, status: pushed.status }).toEqual({ redirect_uri, status: 400 })
    }
  })
})

/** RFC 8252 §7.3. */
const isFreePort = (type: string, uri: string) =>
  type === 'native' && /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+\/callback$/.test(uri)

describe('an app on a device', () => {
  it('listens at any port of 127.0.0.1 and [::1], and not of localhost, nor with a page of another path', async () => {
    await house.addPerson()
    const redirectUris = ['http://127.0.0.1/back', 'http://[::1]:3000/back', 'http://localhost:3000/back']
    const app = await house.addClient({ type: 'native', redirectUris, postLogoutRedirectUris: redirectUris })
    for (const redirect_uri of [
      'http://127.0.0.1:49152/back',
      'http://[::1]:49152/back',
      'http://localhost:3000/back',
    ]) {
      const { url } = await authorization(house, { clientId: app.id, redirect_uri })
      expect((await house.browser().signIn(url)).href).toMatch(`${redirect_uri}?code=`)
    }
    for (const redirect_uri of ['http://localhost:49152/back', 'http://localhost/back', 'http://127.0.0.1:1/other']) {
      const { url } = await authorization(house, { clientId: app.id, redirect_uri })
      expect((await house.browser().get(url)).status, redirect_uri).toBe(400)
    }
    const logout = async (post_logout_redirect_uri: string) => {
      const url = new URL('/oauth/logout', house.url)
      url.search = new URLSearchParams({ client_id: app.id, post_logout_redirect_uri }).toString()
      return (await house.browser().get(url)).status
    }
    expect(await logout('http://127.0.0.1:49152/back'), 'nobody was signed in').toBe(303)
    expect(await logout('http://localhost:49152/back')).toBe(400)
  })
})
