import * as oauth from 'oauth4webapi'
import { expect, it } from 'vitest'
import { authorization, openHouse, redeem } from '../support.ts'
import { discovered, plain } from './support.ts'

const endpoints = ['token', 'par', 'introspect', 'revoke', 'device_authorization'].map((name) => `/oauth/${name}`)

it('an error that the engine never sees is OAuth’s all the same, where programs ask (RFC 6749 §5.2)', async () => {
  const house = await openHouse()
  const large = new URLSearchParams({
    grant_type: 'client_credentials',
    padding: 'x'.repeat(house.config.server.bodyLimit),
  })
  for (const path of endpoints)
    for (const [status, init] of [
      [405, { method: 'GET', headers: { accept: 'text/html' } }],
      [413, { method: 'POST', body: large }],
    ] as const) {
      const answer = await fetch(new URL(path, house.url), init)
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, status, 'application/json'])
      expect(await answer.json(), 'and what a person debugging reads stands beside it').toMatchObject({
        error: 'invalid_request',
        error_description: expect.stringMatching(/^[ !#-[\]-~]+$/),
        code: expect.any(String),
        status,
      })
    }
  const elsewhere = await fetch(new URL('/nowhere', house.url))
  expect(elsewhere.headers.get('content-type')).toBe('application/problem+json')
  expect(await elsewhere.json()).not.toHaveProperty('error')
})

it('and a client that others wrote reads it', async () => {
  const house = await openHouse()
  const client = await house.addClient({ type: 'service', redirectUris: [], postLogoutRedirectUris: [] })
  const as = await discovered(house)
  const parameters = { padding: 'x'.repeat(house.config.server.bodyLimit) }
  const auth = oauth.ClientSecretBasic(client.secret ?? '')
  const answer = await oauth.clientCredentialsGrantRequest(as, { client_id: client.id }, auth, parameters, plain)
  await expect(oauth.processClientCredentialsResponse(as, { client_id: client.id }, answer)).rejects.toMatchObject({
    error: 'invalid_request',
    status: 413,
  })
})

it('HEAD begins nothing and uses up nothing: it is refused where the engine answers', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  const rows = () => house.services.database.app.selectFrom('oidc_artifacts').selectAll().execute()
  const { url, verifier } = await authorization(house, { clientId: client.id })
  const pushed = await fetch(new URL('/oauth/par', house.url), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: url.searchParams,
  })
  const { request_uri: uri = '' } = (await pushed.json()) as { request_uri?: string }
  const page = new URL('/oauth/authorize', house.url)
  page.search = new URLSearchParams({ client_id: client.id, request_uri: uri }).toString()
  const before = await rows()
  for (const [path, allow] of [
    [`${page.pathname}${page.search}`, 'GET, POST, OPTIONS'],
    [`${url.pathname}${url.search}`, 'GET, POST, OPTIONS'],
    ['/oauth/logout', 'GET, POST, OPTIONS'],
    ['/oauth/authorize/somewhere', 'GET, OPTIONS'],
  ] as const) {
    const answer = await fetch(new URL(path, house.url), { method: 'HEAD', redirect: 'manual' })
    expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allow])
    expect(answer.headers.get('set-cookie')).toBeNull()
  }
  expect(await rows()).toEqual(before)
  const back = await house.browser().signIn(page)
  const { status } = await redeem(house, client, { code: back.searchParams.get('code') ?? '', verifier })
  expect(status, 'what was pushed still counts').toBe(200)
})
