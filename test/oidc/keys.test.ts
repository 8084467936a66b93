import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { apiId } from '../../src/oidc/apis/api.ts'
import { eventually } from '../support/eventually.ts'
import { everythingHeard } from '../support/heard.ts'
import { askToken, authorization, codeFor, openHouse, redeem, signedOut } from './support.ts'

describe('keys change under a running engine', () => {
  it('the next key signs at once on every process, and tokens of the one before stay valid', async () => {
    const house = await openHouse()
    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    await house.addPerson()
    const client = await house.addClient({ grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] })
    const browser = house.browser()
    const waiting = await authorization(house, { clientId: client.id })
    const page = (await browser.get(waiting.url)).headers.get('location') ?? ''
    const before = (await askToken(other, client, { grant_type: 'client_credentials' })).body['access_token'] ?? ''
    const { kid } = decodeProtectedHeader(before)

    const rotated = await house.services.signing.keys.rotate({ force: true })
    const active = rotated.ok ? rotated.value.active : undefined
    await everythingHeard(other.services)
    const token = (await askToken(other, client, { grant_type: 'client_credentials' })).body['access_token'] ?? ''
    expect(decodeProtectedHeader(token).kid).toBe(active)
    expect(kid).not.toBe(active)
    const keys = createRemoteJWKSet(new URL(`${house.url}/oauth/jwks`))
    for (const one of [before, token]) await jwtVerify(one, keys, { issuer: house.issuer })

    const resume = (await browser.post(page)).headers.get('location') ?? ''
    const back = new URL((await browser.get(resume)).headers.get('location') ?? '')
    const redeemed = await redeem(house, client, {
      code: back.searchParams.get('code') ?? '',
      verifier: waiting.verifier,
    })
    expect(redeemed.status, 'a sign-in that began before').toBe(200)
  })

  it('an ID token of a retired key still says who signs out', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser }))
    await house.services.signing.keys.rotate({ force: true })
    const url = new URL('/oauth/logout', house.url)
    url.searchParams.set('id_token_hint', body['id_token'] ?? '')
    url.searchParams.set('post_logout_redirect_uri', signedOut)
    expect((await browser.get(url)).status).toBe(200)
  })
})

describe('discovery', () => {
  it('is the same bytes at both addresses, with a tag, for five minutes, for any page', async () => {
    const house = await openHouse()
    const answers = await Promise.all(
      ['openid-configuration', 'oauth-authorization-server'].map((name) => fetch(`${house.url}/.well-known/${name}`)),
    )
    const [first = '', second] = await Promise.all(answers.map((answer) => answer.text()))
    expect(second).toBe(first)
    expect(JSON.parse(first)).toMatchObject({
      issuer: house.issuer,
      authorization_endpoint: `${house.issuer}/oauth/authorize`,
      token_endpoint: `${house.issuer}/oauth/token`,
      jwks_uri: `${house.issuer}/oauth/jwks`,
      userinfo_endpoint: `${house.issuer}/oauth/userinfo`,
      introspection_endpoint: `${house.issuer}/oauth/introspect`,
      revocation_endpoint: `${house.issuer}/oauth/revoke`,
      end_session_endpoint: `${house.issuer}/oauth/logout`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['RS256'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:ietf:params:oauth:grant-type:token-exchange',
      ],
    })
    const [answer] = answers
    expect(answer?.headers.get('cache-control')).toBe('public, max-age=300')
    expect(answer?.headers.get('access-control-allow-origin')).toBe('*')
    const again = await fetch(`${house.url}/.well-known/openid-configuration`, {
      headers: { 'if-none-match': answer?.headers.get('etag') ?? '' },
    })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('names the issuer, whatever host was asked for', async () => {
    const house = await openHouse({ env: { ISSUER_URL: 'https://id.example.com', TRUSTED_PROXIES: '127.0.0.1' } })
    const answer = await fetch(`${house.url}/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' },
    })
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({
      issuer: 'https://id.example.com',
      token_endpoint: 'https://id.example.com/oauth/token',
    })
    expect(text).not.toContain('evil')
  })
})

describe('an API with keys of its own', () => {
  it('[TOS-1] gets tokens that its own key set validates and no other, and that are no use anywhere else', async () => {
    const house = await openHouse()
    const [staff, customers] = ['https://staff.example.com', 'https://customers.example.com']
    const apis = [
      await house.addApi({ audience: staff, name: 'Staff', scopes: ['read'], ownKeys: true }),
      await house.addApi({ audience: customers, name: 'Customers', scopes: ['read'], ownKeys: true }),
    ]
    await house.addPerson()
    const client = await house.addClient({ apis: [staff, customers] })
    const setOf = (path: string) => createRemoteJWKSet(new URL(path, house.url))
    const [own, other] = apis.map(({ id }) => setOf(`/oauth/apis/${id}/jwks`))
    const { body } = await redeem(house, client, await codeFor(house, client, { resource: staff, scope: 'openid' }))
    const token = body['access_token'] ?? ''
    if (!own || !other) throw new Error('no key sets')
    expect((await jwtVerify(token, own, { issuer: house.issuer, audience: staff })).payload.aud).toBe(staff)
    await expect(jwtVerify(token, other)).rejects.toThrow('no applicable key')
    await expect(jwtVerify(token, setOf('/oauth/jwks'))).rejects.toThrow('no applicable key')
    await jwtVerify(body['id_token'] ?? '', setOf('/oauth/jwks'), { audience: client.id })
    const logout = new URL('/oauth/logout', house.url)
    logout.searchParams.set('id_token_hint', token)
    expect((await house.browser().get(logout)).status, 'an API token is no ID token').toBe(400)
    for (const path of ['/oauth/apis/api_nobody/jwks', `/oauth/apis/${apis[0]?.id.replace(/.$/, '0')}x/jwks`])
      expect((await fetch(new URL(path, house.url))).status).toBe(404)
  })

  it('has them rotated by the same job, by themselves', async () => {
    const house = await openHouse()
    const api = await house.addApi({ audience: 'https://staff.example.com', name: 'Staff', ownKeys: true })
    const { keys, current } = house.services.signing
    const kids = async () => {
      const snapshot = await current.fresh()
      return [snapshot.active.kid, snapshot.apis.get(apiId.toUuid(api.id))?.active.kid]
    }
    const [instance, own] = await kids()
    const done = await keys.ofApi(apiId.toUuid(api.id)).rotate({ force: true })
    expect(done.ok).toBe(true)
    const after = await eventually(async () => {
      const now = await kids()
      return now[1] === own ? undefined : now
    })
    expect(after[0]).toBe(instance)
    house.clock.advance(91 * 24 * 3_600_000)
    expect((await keys.maintain()).rotated).toBe(true)
    const [laterInstance, laterOwn] = await eventually(async () => {
      const now = await kids()
      return now[0] === instance || now[1] === after[1] ? undefined : now
    })
    expect(new Set([instance, own, after[1], laterInstance, laterOwn]).size).toBe(5)
    expect((await keys.revoke(laterOwn ?? '')).ok, 'a key is named by its kid, whosever it is').toBe(true)
  })
})
