import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeFor, type House, openSharedHouse, redeem } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
})
afterAll(() => house?.close())

const page = 'https://app.example.com'
const second = 'https://admin.example.com:8443'
const elsewhere = 'https://evil.example'

const preflight = (path: string, origin: string, method = 'POST', asked = 'content-type,dpop') =>
  fetch(`${house.url}${path}`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': asked },
  })
const allowed = (answer: Response) => answer.headers.get('access-control-allow-origin')

const ask = (path: string, origin: string, fields: Record<string, string>, secret?: string) =>
  fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: {
      origin,
      ...(secret !== undefined && { authorization: `Basic ${btoa(`${fields['client_id']}:${secret}`)}` }),
    },
    body: new URLSearchParams(fields),
  })

const singlePage = () => house.addClient({ type: 'single-page', origins: [second] })

describe('a preflight', () => {
  it.each(['/oauth/token', '/oauth/revoke', '/oauth/par', '/oauth/userinfo'])(
    'of %s says what may be asked',
    async (path) => {
      const answer = await preflight(path, page)
      expect(answer.status).toBe(204)
      expect([page, '*']).toContain(allowed(answer))
      expect(answer.headers.get('access-control-allow-methods')).toContain('POST')
      expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('dpop')
      expect(answer.headers.get('access-control-allow-credentials'), 'cookies stay at home').toBeNull()
    },
  )
})

describe('a page of an application without a secret', () => {
  it('reads tokens from where its people are sent back to and from its origins, and from nowhere else', async () => {
    await house.addPerson()
    const client = await singlePage()
    const browser = house.browser()
    const redeemFrom = async (origin: string) => {
      const { code, verifier } = await codeFor(house, client, { browser })
      return ask('/oauth/token', origin, {
        grant_type: 'authorization_code',
        client_id: client.id,
        redirect_uri: `${page}/callback`,
        code,
        code_verifier: verifier,
      })
    }
    for (const origin of [page, second]) {
      const answer = await redeemFrom(origin)
      expect([answer.status, allowed(answer)]).toEqual([200, origin])
      expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin')
    }
    for (const origin of [elsewhere, `${page}.evil.example`, 'http://app.example.com', `${page}:8443`, 'null']) {
      const answer = await redeemFrom(origin)
      expect([answer.status, allowed(answer)], origin).toEqual([400, null])
      expect(await answer.text()).not.toContain('access_token')
    }
  })

  it('pushes requests, revokes and reads userinfo from there alone', async () => {
    await house.addPerson()
    const client = await singlePage()
    const { body } = await redeem(house, client, await codeFor(house, client))
    const push = (origin: string) =>
      ask('/oauth/par', origin, {
        client_id: client.id,
        response_type: 'code',
        redirect_uri: `${page}/callback`,
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      })
    const revoke = (origin: string) =>
      ask('/oauth/revoke', origin, { client_id: client.id, token: body['refresh_token'] ?? '' })
    const userinfo = (origin: string) =>
      fetch(`${house.url}/oauth/userinfo`, { headers: { origin, authorization: `Bearer ${body['access_token']}` } })
    for (const call of [push, userinfo, revoke]) {
      const refused = await call(elsewhere)
      expect([refused.status, allowed(refused)]).toEqual([400, null])
      expect(await refused.text()).not.toContain('@example.test')
      const answer = await call(page)
      expect([answer.ok, allowed(answer)]).toEqual([true, page])
    }
  })
})

describe('an application with a secret', () => {
  it('is called by no page, wherever its people are sent back to', async () => {
    const client = await house.addClient({ grantTypes: ['authorization_code', 'client_credentials'] })
    const fields = { grant_type: 'client_credentials', client_id: client.id }
    const refused = await ask('/oauth/token', page, fields, client.secret)
    expect([refused.status, allowed(refused)]).toEqual([400, null])
    const { access_token } = (await (
      await fetch(`${house.url}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
        body: new URLSearchParams(fields),
      })
    ).json()) as { access_token: string }
    expect(decodeJwt(access_token).sub).toBe(client.id)
  })
})

describe('what is for everybody', () => {
  it.each(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/oauth/jwks'])(
    '%s is read by any page',
    async (path) => {
      const answer = await fetch(`${house.url}${path}`, { headers: { origin: elsewhere } })
      expect([answer.status, allowed(answer)]).toEqual([200, '*'])
    },
  )
})
