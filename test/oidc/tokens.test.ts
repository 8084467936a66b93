import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { arranging } from '../support/event-guard.ts'
import { askToken, codeFor, type House, openSharedHouse, redeem } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
})
afterAll(() => house?.close())

const api = 'https://api.example.com/invoices'
const program = { redirectUris: [], grantTypes: ['client_credentials'] } as const
const forItself = { grant_type: 'client_credentials' }

describe('a program that speaks for itself', () => {
  it('gets a JWT for the only API it may use, and nothing is written for it', async () => {
    await house.addApi({
      audience: api,
      name: 'Invoices',
      scopes: ['invoices:read', 'invoices:write'],
      accessTokenTtl: 120,
    })
    const client = await house.addClient({ ...program, apis: [api] })
    const { status, body } = await askToken(house, client, { ...forItself, scope: 'invoices:read admin' })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 120, scope: 'invoices:read' },
    })
    expect(body['refresh_token']).toBeUndefined()
    expect(decodeProtectedHeader(body['access_token'] ?? '')).toMatchObject({ alg: 'RS256', typ: 'at+jwt' })
    expect(decodeJwt(body['access_token'] ?? '')).toEqual({
      iss: house.issuer,
      sub: client.id,
      client_id: client.id,
      aud: api,
      scope: 'invoices:read',
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    })
    expect(await house.services.database.app.selectFrom('oidc_artifacts').selectAll().execute()).toEqual([])
  })

  it('gets none for an API that it was not given, or that does not exist', async () => {
    const client = await house.addClient(program)
    for (const resource of [api, 'https://nothing.example.com', 'not a uri', `${api}#x`])
      expect(await askToken(house, client, { ...forItself, resource }), resource).toMatchObject({
        status: 400,
        body: { error: 'invalid_target' },
      })
  })

  it('never gets a scope about a person, from us or from an API that calls one of its own so', async () => {
    const audience = 'https://api.example.com/people'
    await house.addApi({ audience, name: 'People', scopes: ['people:read'] })
    // As it could be registered before.
    await inTransaction(house.services.database.owner, async (tx) => {
      await arranging(tx)
      await tx
        .updateTable('apis')
        .set({ scopes: ['people:read', 'email'] })
        .where('audience', '=', audience)
        .execute()
    })
    const client = await house.addClient({ ...program, apis: [audience] })
    const scope = 'openid offline_access profile email people:read'
    const forApi = await askToken(house, client, { ...forItself, resource: audience, scope })
    expect(decodeJwt(forApi.body['access_token'] ?? '')['scope']).toBe('people:read')
    const forUs = await askToken(house, client, { ...forItself, resource: house.issuer, scope })
    expect(forUs).toMatchObject({ status: 200 })
    expect([forUs.body['scope'], decodeJwt(forUs.body['access_token'] ?? '')['scope']]).toEqual(['', undefined])
  })

  it('may not ask where its registration says that it does not', async () => {
    const client = await house.addClient()
    expect(await askToken(house, client, forItself)).toMatchObject({ status: 400 })
  })
})

describe("a person's token", () => {
  it("is for the API that was asked for, with that API's scopes, and stays so when refreshed", async () => {
    const audience = 'https://api.example.com/ledger'
    await house.addApi({ audience, name: 'Ledger', scopes: ['ledger:read'] })
    const client = await house.addClient({ apis: [audience] })
    const code = await codeFor(house, client, { resource: audience, scope: 'openid ledger:read ledger:write' })
    const { body } = await redeem(house, client, code)
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({ aud: audience, scope: 'ledger:read' })
    const refreshed = await askToken(house, client, {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token'] ?? '',
    })
    expect(decodeJwt(refreshed.body['access_token'] ?? '')).toMatchObject({ aud: audience, scope: 'ledger:read' })
  })

  it('for an API opens no userinfo; one for nobody in particular does', async () => {
    const audience = 'https://api.example.com/mail'
    await house.addApi({ audience, name: 'Mail', scopes: ['mail:read'] })
    const client = await house.addClient({ apis: [audience] })
    const ask = async (token: string | undefined) =>
      (await fetch(`${house.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status
    const forApi = await redeem(house, client, await codeFor(house, client, { resource: audience, scope: 'openid' }))
    expect(await ask(forApi.body['access_token'])).toBe(401)
    const forUs = await redeem(house, client, await codeFor(house, client, { scope: 'openid' }))
    expect(await ask(forUs.body['access_token'])).toBe(200)
    expect(await ask(forUs.body['id_token']), 'an ID token').toBe(401)
  })
})

describe('userinfo takes exactly what was signed', () => {
  it('not a flipped bit, a cut end, another spelling of the last character, another algorithm, or nothing', async () => {
    const client = await house.addClient()
    const { body } = await redeem(house, client, await codeFor(house, client))
    const token = body['access_token'] ?? ''
    const [header = '', payload = '', signature = ''] = token.split('.')
    const ask = async (candidate: string) =>
      (await fetch(`${house.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${candidate}` } })).status
    expect(await ask(token)).toBe(200)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const twin = alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1]
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url')
    const hs = Buffer.from(JSON.stringify({ ...decodeProtectedHeader(token), alg: 'HS256' })).toString('base64url')
    for (const wrong of [
      `${header}.${payload}.${signature.slice(0, -1)}${twin}`,
      `${header}.${payload}.${signature.slice(0, -4)}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload.slice(0, -2)}AA.${signature}`,
      `${none}.${payload}.`,
      `${hs}.${payload}.${signature}`,
      `${token}=`,
    ])
      expect(await ask(wrong), wrong).toBe(401)
    const without = await fetch(`${house.url}/oauth/userinfo`)
    expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')])
  })

  it('and says no more than the scopes allow', async () => {
    const client = await house.addClient()
    const { body } = await redeem(house, client, await codeFor(house, client, { scope: 'openid' }))
    const answer = await fetch(`${house.url}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    })
    expect(Object.keys((await answer.json()) as object)).toEqual(['sub'])
    expect(Object.keys(decodeJwt(body['id_token'] ?? ''))).not.toContain('email')
  })
})

describe('introspection', () => {
  const introspect = async (client: { id: string; secret?: string | undefined }, token: string | undefined) => {
    const answer = await fetch(`${house.url}/oauth/introspect`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
      body: new URLSearchParams({ token: token ?? '' }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  it('says of a JWT what it holds, to whom it was issued and to the API it is for, and to nobody else', async () => {
    const audience = 'https://api.example.com/introspected'
    await house.addApi({ audience, name: 'Introspected', scopes: ['read'] })
    const [client, backEnd] = [
      await house.addClient({ apis: [audience] }),
      await house.addClient({ ...program, apis: [audience] }),
    ]
    const stranger = await house.addClient(program)
    const { body } = await redeem(house, client, await codeFor(house, client, { resource: audience, scope: 'openid' }))
    for (const asks of [client, backEnd])
      expect(await introspect(asks, body['access_token'])).toMatchObject({
        status: 200,
        body: {
          active: true,
          aud: audience,
          client_id: client.id,
          iss: house.issuer,
          token_type: 'Bearer',
          acr: 'aal1',
        },
      })
    expect(await introspect(stranger, body['access_token'])).toEqual({ status: 200, body: { active: false } })
    expect(await introspect(client, `${body['access_token']}x`)).toEqual({ status: 200, body: { active: false } })
    expect((await introspect({ ...client, secret: 'hks_wrong' }, body['access_token'])).status).toBe(401)
  })

  it('says of a refresh token that it counts, until it is revoked', async () => {
    const client = await house.addClient()
    const { body } = await redeem(house, client, await codeFor(house, client))
    const token = body['refresh_token']
    expect(await introspect(client, token)).toMatchObject({ status: 200, body: { active: true, client_id: client.id } })
    const revoked = await fetch(`${house.url}/oauth/revoke`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
      body: new URLSearchParams({ token: token ?? '' }),
    })
    expect(revoked.status).toBe(200)
    expect(await introspect(client, token)).toEqual({ status: 200, body: { active: false } })
    const refresh = { grant_type: 'refresh_token', refresh_token: token ?? '' }
    expect(await askToken(house, client, refresh)).toMatchObject({ status: 400 })
    expect((await house.events('grant.revoked')).at(-1)).toMatchObject({
      actor_kind: 'client',
      actor_id: client.id,
      after: { reason: 'revoked-by-client' },
    })
  })
})
