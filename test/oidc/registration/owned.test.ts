import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { ClientChange } from '../../../src/oidc/clients/registration.ts'
import { arranging, askToken, codeFor, type House, redeem } from '../support.ts'
import { application, ask, type Entry, entryIn, openRegistration, registered } from './support.ts'

const pairwise = { ...application, subject_type: 'pairwise' }

const put = (own: Entry, body: Record<string, unknown>) =>
  ask(own.at, { method: 'PUT', token: own.token, body: { client_id: own.id, ...body } })

/** What it holds of a person who has signed in and agreed. */
async function holding(house: House, client: { readonly id: string; readonly secret: string }) {
  const browser = house.browser()
  const { body } = await redeem(house, client, await codeFor(house, client, { browser, redirect_uri: redirectUri }), {
    redirect_uri: redirectUri,
  })
  const refresh = async () => {
    const answer = await askToken(house, client, {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token'] ?? '',
    })
    return { ...answer, sub: decodeJwt(answer.body['id_token'] ?? body['id_token'] ?? '').sub }
  }
  return { sub: decodeJwt(body['id_token'] ?? '').sub, access: body['access_token'] ?? '', refresh }
}
const redirectUri = 'https://app.example.com/callback'

const introspect = async (house: House, { id, secret }: { id: string; secret?: string | undefined }, token: string) => {
  const answer = await fetch(`${house.url}/oauth/introspect`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ token }),
  })
  return (await answer.json()) as Record<string, unknown>
}

const change = async (house: House, own: { readonly id: string }, what: ClientChange) => {
  const done = await house.clients.update(arranging, own.id, what)
  if (!done.ok) throw new Error(JSON.stringify(done.error))
}

describe('the names that people have for an application that registered itself', () => {
  it.each([
    ['to the host of somebody else', pairwise, { ...pairwise, redirect_uris: ['https://bank.example/callback'] }],
    [
      'to several hosts',
      pairwise,
      { ...pairwise, redirect_uris: [...application.redirect_uris, 'https://bank.example/'] },
    ],
    ['to the names that everybody hears', pairwise, { ...application, subject_type: 'public' }],
    ['from the names that everybody hears', application, pairwise],
  ])('stay: it is not moved by itself %s', async (_where, before, after) => {
    const house = await openRegistration()
    const own = await registered(house, before)
    const was = await house.clients.find(own.id)
    const refused = await put(own, after)
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      400,
      expect.stringContaining('another application'),
    ])
    expect(await house.clients.find(own.id)).toEqual(was)
  })

  it('stay where it says nothing of them, and on its own host it moves as it likes', async () => {
    const house = await openRegistration()
    const own = await registered(house, pairwise)
    const moved = await put(own, { ...application, redirect_uris: ['https://partner.example/elsewhere'] })
    expect(moved.body).toMatchObject({ subject_type: 'pairwise', redirect_uris: ['https://partner.example/elsewhere'] })
    expect(await house.clients.find(own.id)).toMatchObject({ sector: 'partner.example' })
  })

  it('are of no host that anybody can write: the loopback, a number, a host that there is not', async () => {
    const house = await openRegistration()
    const made = (uri: string) =>
      registered(house, { ...pairwise, redirect_uris: [uri] }).then(
        () => 'registered',
        (error: Error) => error.message,
      )
    for (const uri of ['http://localhost/callback', 'https://192.0.2.7/callback', 'https://somebody.invalid/callback'])
      expect(await made(uri), uri).toContain('invalid_client_metadata')
  })

  it('are its own where it is on a device, whose addresses are everybody’s: no two can compare them', async () => {
    const house = await openRegistration()
    const uris = ['http://127.0.0.1/callback', 'http://127.0.0.1/callback', 'com.evil.app://bank.example/callback']
    const native = { ...pairwise, application_type: 'native' }
    const own = await Promise.all(uris.map((uri) => registered(house, { ...native, redirect_uris: [uri] })))
    const sectors = await Promise.all(own.map(async ({ id }) => (await house.clients.find(id))?.sector))
    expect(new Set(sectors).size).toBe(3)
    for (const sector of sectors) expect(sector).toMatch(/^client-[0-9a-f]{32}\.invalid$/)
    const [first] = own
    if (!first) throw new Error('nothing was registered')
    const moved = await put(first, { ...native, redirect_uris: ['http://127.0.0.1/elsewhere'] })
    expect(moved.status, 'on its device it moves as it likes').toBe(200)
    expect((await house.clients.find(first.id))?.sector).toBe(sectors[0])
  })
})

describe('what people are called by an application of the operator', () => {
  it.each<[string, ClientChange, ClientChange]>([
    ['another sector', { subjectType: 'pairwise', sector: 'shop.example.com' }, { sector: 'bank.example.com' }],
    [
      'public subjects',
      { subjectType: 'pairwise', sector: 'shop.example.com' },
      { subjectType: 'public', sector: null },
    ],
    ['pairwise subjects', {}, { subjectType: 'pairwise', sector: 'bank.example.com' }],
  ])('is not carried over to %s: what was granted ends with the change', async (_what, before, after) => {
    const house = await openRegistration()
    await house.addPerson()
    const made = await house.addClient()
    const client = { id: made.id, secret: made.secret ?? '' }
    if (Object.keys(before).length > 0) await change(house, client, before)
    const held = await holding(house, client)
    expect(await introspect(house, client, held.access)).toMatchObject({ active: true, sub: held.sub })
    await change(house, client, after)
    await expect.poll(async () => await introspect(house, client, held.access)).toEqual({ active: false })
    const refreshed = await held.refresh()
    expect([refreshed.status, refreshed.body['error']]).toEqual([400, 'invalid_grant'])
  })

  it('and goes on where something else changes', async () => {
    const house = await openRegistration()
    await house.addPerson()
    const made = await house.addClient({ subjectType: 'pairwise', sector: 'shop.example.com' })
    const client = { id: made.id, secret: made.secret ?? '' }
    const held = await holding(house, client)
    await change(house, client, { name: 'Renamed', sector: 'shop.example.com' })
    expect(await held.refresh()).toMatchObject({ status: 200, sub: held.sub })
  })
})

describe('[threat 24] what an operator has set of an application that registered itself', () => {
  const key = {
    kty: 'EC',
    crv: 'P-256',
    x: 'WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis',
    y: 'y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE',
    kid: 'one',
  }
  const strict = {
    requiresPar: true,
    requiresSignedRequest: true,
    tokenBinding: 'dpop',
    authMethod: 'private_key_jwt',
    jwks: { keys: [key] },
    grantTypes: ['authorization_code'],
    backchannelLogoutUri: 'https://partner.example/out',
    mfa: 'required',
    accessTokenTtl: 60,
  } satisfies ClientChange

  it('stays where the application says nothing of it', async () => {
    const house = await openRegistration()
    const own = await registered(house)
    await change(house, own, strict)
    const { redirect_uris } = application
    const done = await put(own, { client_name: 'Partner app', redirect_uris, grant_types: null })
    expect(done.status, JSON.stringify(done.body)).toBe(200)
    expect(await house.clients.find(own.id)).toMatchObject({ ...strict, name: 'Partner app', secrets: [] })
  })

  it.each([
    ['require_pushed_authorization_requests', { require_pushed_authorization_requests: false }],
    ['require_signed_request_object', { require_signed_request_object: false }],
    ['dpop_bound_access_tokens', { dpop_bound_access_tokens: false }],
    ['dpop_bound_access_tokens', { dpop_bound_access_tokens: false, tls_client_certificate_bound_access_tokens: true }],
    ['token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['grant_types', { grant_types: ['authorization_code', 'refresh_token'] }],
  ])('is not made looser: %s', async (name, said) => {
    const house = await openRegistration()
    const own = await registered(house)
    await change(house, own, strict)
    const was = await house.clients.find(own.id)
    const refused = await put(own, { redirect_uris: application.redirect_uris, ...said })
    expect([refused.status, refused.body['error_description']]).toEqual([400, expect.stringContaining(name)])
    expect(await house.clients.find(own.id)).toEqual(was)
  })

  it('is made stricter, and its own is changed as it likes', async () => {
    const house = await openRegistration()
    const own = await registered(house, { ...application, client_uri: 'https://partner.example/' })
    const done = await put(own, {
      ...application,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key] },
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
    })
    expect(done.status, JSON.stringify(done.body)).toBe(200)
    const asAddress = await put(entryIn(done), { ...application, jwks_uri: 'https://partner.example/keys' })
    expect(asAddress.status, JSON.stringify(asAddress.body)).toBe(200)
    expect(await house.clients.find(own.id)).toMatchObject({
      requiresPar: true,
      tokenBinding: 'dpop',
      uri: null,
      jwks: null,
      jwksUri: 'https://partner.example/keys',
    })
  })

  it('is theirs alone once it is one of theirs: nobody leads people who are not asked from outside', async () => {
    const house = await openRegistration()
    const own = await registered(house)
    await change(house, own, { firstParty: true })
    const evil = { ...application, redirect_uris: ['https://evil.example/cb'] }
    expect((await put(own, evil)).status).toBe(401)
    await change(house, own, { firstParty: false })
    expect((await put(own, evil)).status).toBe(401)
  })

  it('of many changes by one token at once, one is made', async () => {
    const house = await openRegistration()
    const own = await registered(house)
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((name) => put(own, { ...application, client_name: name })))
    expect(all.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
    const made = all.find(({ status }) => status === 200)
    if (!made) throw new Error('none was made')
    expect((await ask(own.at, { method: 'GET', token: entryIn(made).token })).body['client_name']).toBe(
      made.body['client_name'],
    )
  })
})
