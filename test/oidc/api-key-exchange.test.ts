import { decodeJwt, SignJWT } from 'jose'
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import type { Id } from '../../src/lib/ids.ts'
import { API_KEY_TYPE } from '../../src/oidc/exchange/api-key-grant.ts'
import { arranged, audience, by, introspect, invoicing, must } from './organisations-support.ts'
import { askToken, type House, openSharedHouse } from './support.ts'

let house: House
let invoices: Awaited<ReturnType<typeof invoicing>>
beforeAll(async () => {
  house = await openSharedHouse()
  invoices = await invoicing(house)
  return () => house.close()
})

const apiKeysClient = { id: 'hearthkey-api-keys' }
const exchange = (key: string, more: Record<string, string> = {}) =>
  askToken(house, apiKeysClient, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: key,
    subject_token_type: API_KEY_TYPE,
    ...more,
  })

const wordsOf = (body: Record<string, unknown>) => String(body['error_description']).replace(/ \(request .*/, '')

async function keyOf(
  role = 'member',
  permissions: Record<string, string[]> = { [invoices.api.id]: ['invoices:read', 'invoices:write'] },
  more: { ipRanges?: string[]; lifetime?: number } = {},
) {
  const owner = await house.addPerson()
  const acme = await invoices.company([[owner.id, role]])
  const made = must(
    await house.companies.apiKeys.create(by, instanceAuthority, {
      organisation: acme.id,
      owner: owner.id as Id<'usr'>,
      name: 'Nightly import',
      permissions,
      ...more,
    }),
  )
  return { owner, acme, key: made.key, secret: made.secret.reveal() }
}

describe('[STO-1] an API key at the token endpoint', () => {
  it('gets a short token for its owner, with what stands on it, and no session', async () => {
    const { owner, acme, key, secret } = await keyOf()
    const { status, body } = await exchange(secret)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'invoices:read invoices:write' })
    expect(body).not.toHaveProperty('refresh_token')
    expect(body).not.toHaveProperty('id_token')
    const claims = decodeJwt(body['access_token'] ?? '')
    expect(claims).toMatchObject({
      sub: owner.id,
      aud: audience,
      client_id: apiKeysClient.id,
      org_id: acme.id,
      permissions: ['invoices:read', 'invoices:write'],
      api_key: key.id,
      quota: { organisation: 1000, key: 300 },
    })
    for (const name of ['sid', 'auth_time', 'amr', 'acr', 'roles']) expect(claims).not.toHaveProperty(name)
    const answer = await fetch(new URL('/oauth/userinfo', house.url), {
      headers: { authorization: `Bearer ${body['access_token']}` },
    })
    expect(answer.status).toBe(401)
  })

  it('never gets more than its owner may do at that moment, nor more than was asked for', async () => {
    const { owner, acme, secret } = await keyOf()
    expect((await exchange(secret, { scope: 'invoices:read' })).body['scope']).toBe('invoices:read')
    expect((await exchange(secret, { scope: 'invoices:read invoices:delete' })).body['error']).toBe('invalid_scope')
    must(await house.companies.orgs.memberships.setRoles(by, instanceAuthority, acme.id, owner.id, ['viewer']))
    expect((await exchange(secret)).body['scope']).toBe('invoices:read')
  })

  it.each([
    ['a bit', (secret: string) => `${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}`],
    ['a character', (secret: string) => secret.slice(0, -1)],
  ])('is refused in the same words for %s that is wrong', async (_, spoil) => {
    const { secret } = await keyOf()
    const { status, body } = await exchange(spoil(secret))
    const { body: unknown } = await exchange('hk_made_up')
    expect([status, body['error']]).toEqual([400, 'invalid_grant'])
    expect(wordsOf(body)).toBe(wordsOf(unknown))
  })

  it('is refused where it is none at all, or much too long for one', async () => {
    expect((await exchange('')).body['error']).toBe('invalid_grant')
    expect((await exchange('h'.repeat(60_000))).status).toBe(400)
  })

  it('is taken from the built-in client alone, and for nothing but an access token', async () => {
    const { secret } = await keyOf()
    const other = await house.addClient()
    const fields = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: secret,
      subject_token_type: API_KEY_TYPE,
    }
    expect((await askToken(house, other, fields)).status).toBe(400)
    const idToken = { requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' }
    expect((await exchange(secret, idToken)).body['error']).toBe('invalid_request')
    const anotherType = { subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }
    expect((await exchange(secret, anotherType)).body['error']).toBe('invalid_request')
  })

  it('names its API where it is for several', async () => {
    const { secret } = await keyOf()
    expect((await exchange(secret, { resource: audience })).status).toBe(200)
    expect((await exchange(secret, { resource: 'https://elsewhere.example' })).body['error']).toBe('invalid_target')
  })

  it('gets no token that outlives it', async () => {
    const { secret } = await keyOf('member', undefined, { lifetime: 120_000 })
    const { body } = await exchange(secret)
    expect(body.expires_in).toBeLessThanOrEqual(120)
    expect(body.expires_in).toBeGreaterThan(60)
  })

  it('is refused from an address that does not stand on it', async () => {
    const { secret } = await keyOf('member', undefined, { ipRanges: ['203.0.113.0/24'] })
    expect((await exchange(secret)).body['error']).toBe('invalid_grant')
  })
})

describe('[threat 7] [threat 32] an API key whose ground is gone', () => {
  const ends: readonly (readonly [string, (its: Awaited<ReturnType<typeof keyOf>>) => Promise<unknown>])[] = [
    [
      'it was revoked',
      ({ acme, key }) => house.companies.apiKeys.revoke(by, instanceAuthority, { organisation: acme.id, id: key.id }),
    ],
    ['its owner was disabled', ({ owner }) => house.users.disable(by, owner.id)],
    [
      'its owner is no member any more',
      ({ acme, owner }) => house.companies.orgs.memberships.remove(by, instanceAuthority, acme.id, owner.id),
    ],
    ['the organisation was suspended', ({ acme }) => house.companies.orgs.organisations.suspend(by, acme.id)],
    [
      'the organisation lets nobody in from there',
      ({ acme }) =>
        house.companies.orgs.organisations.update(by, instanceAuthority, acme.id, {
          policy: { ipRanges: ['203.0.113.0/24'] },
        }),
    ],
  ]
  it.each(ends)('is refused at the next use: %s', async (what, end) => {
    const its = await keyOf()
    const service = await invoices.client()
    const token = (await exchange(its.secret)).body['access_token'] ?? ''
    const asked = (presented: string) => introspect(house, service, presented, { client_ip: '127.0.0.1' })
    expect((await asked(its.secret)).body).toMatchObject({ active: true })
    expect((await asked(token)).body).toMatchObject({ active: true })
    must((await end(its)) as { ok: true; value: unknown })
    expect((await exchange(its.secret)).body['error']).toBe('invalid_grant')
    expect((await asked(its.secret)).body).toEqual({ active: false })
    // From where a token is used we do not see: addresses were judged when it was issued.
    if (!what.includes('from there')) expect((await asked(token)).body).toEqual({ active: false })
  })
})

describe('[threat 32] a token that names a key', () => {
  it('counts for the owner of that key alone, whoever signed another name into it', async () => {
    const [its, other] = [await keyOf(), await keyOf()]
    const service = await invoices.client()
    const { body } = await exchange(its.secret)
    const { active: signer } = await house.services.signing.current.fresh()
    const signedFor = async (sub: string) => {
      const token = new SignJWT({ ...decodeJwt(body['access_token'] ?? ''), sub })
        .setProtectedHeader({ alg: signer.algorithm, kid: signer.kid, typ: 'at+jwt' })
        .sign(signer.privateKey)
      return (await introspect(house, service, await token)).body
    }
    expect(await signedFor(its.owner.id), 'the owner').toMatchObject({ active: true, sub: its.owner.id })
    expect(await signedFor(other.owner.id), 'who has a key of their own').toEqual({ active: false })
    expect(await signedFor(apiKeysClient.id)).toEqual({ active: false })
  })
})

describe('[STO-4] introspection of an API key', () => {
  it('tells a service what it is worth at that service’s own APIs, and another one nothing', async () => {
    const { owner, acme, key, secret } = await keyOf()
    const service = await invoices.client()
    expect((await introspect(house, service, secret)).body).toMatchObject({
      active: true,
      sub: owner.id,
      aud: audience,
      org_id: acme.id,
      scope: 'invoices:read invoices:write',
      api_key: key.id,
    })
    expect((await introspect(house, await house.addClient(), secret)).body).toEqual({ active: false })
    const reader = await invoices.client()
    await arranged(house, async (tx) => {
      await sql`UPDATE oidc_client_apis SET scopes = '{invoices:read}' WHERE client_id = ${reader.id}`.execute(tx)
      await sql`SELECT pg_notify('hearthkey_clients', ${reader.id})`.execute(tx)
    })
    expect((await introspect(house, reader, secret)).body).toMatchObject({ permissions: ['invoices:read'] })
    expect((await introspect(house, service, `${secret}x`)).body).toEqual({ active: false })
  })

  it('is for one API: what a key may do at one, another one must not believe', async () => {
    const other = await house.addApi({
      audience: 'https://other.example',
      name: 'Other',
      scopes: ['x:read'],
      byRole: true,
    })
    const { acme, owner } = await keyOf()
    const role = { key: 'both', name: 'Both', description: '', permissions: { [other.id]: ['x:read'] }, mayAssign: [] }
    must(await house.companies.access.create(by, instanceAuthority, acme.id, role))
    must(await house.companies.orgs.memberships.setRoles(by, instanceAuthority, acme.id, owner.id, ['member', 'both']))
    const both = { [invoices.api.id]: ['invoices:write'], [other.id]: ['x:read'] }
    const input = { organisation: acme.id, owner: owner.id, name: 'Both', permissions: both }
    const secret = must(await house.companies.apiKeys.create(by, instanceAuthority, input)).secret.reveal()
    const service = await invoices.client({ apis: [audience, 'https://other.example'] })
    expect((await introspect(house, service, secret)).status).toBe(400)
    const at = async (resource: string) => (await introspect(house, service, secret, { resource })).body
    expect(await at(audience)).toMatchObject({
      aud: audience,
      scope: 'invoices:write',
      permissions: ['invoices:write'],
    })
    expect(await at('https://other.example')).toMatchObject({ scope: 'x:read', permissions: ['x:read'] })
    expect(await at('https://elsewhere.example')).toEqual({ active: false })
    expect((await exchange(secret)).body['error']).toBe('invalid_target')
  })

  it('takes no key with address ranges for good when the service does not say from where it came', async () => {
    const { secret } = await keyOf('member', undefined, { ipRanges: ['203.0.113.0/24'] })
    const service = await invoices.client()
    expect((await introspect(house, service, secret)).body).toEqual({ active: false })
    expect((await introspect(house, service, secret, { client_ip: '198.51.100.1' })).body).toEqual({ active: false })
    expect((await introspect(house, service, secret, { client_ip: '203.0.113.9' })).body).toMatchObject({
      active: true,
    })
  })
})

describe('[TOS-7] quotas', () => {
  it('are counted for the key and for its organisation at each exchange and introspection, and said to services', async () => {
    const { acme, secret } = await keyOf()
    must(await house.companies.orgs.organisations.updateByInstance(by, acme.id, { quota: 2 }))
    const service = await invoices.client()
    const { body } = await exchange(secret)
    expect(decodeJwt(body['access_token'] ?? '')['quota']).toEqual({ organisation: 2, key: 300 })
    expect((await introspect(house, service, secret)).body['quota']).toEqual({ organisation: 2, key: 300 })
    const over = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      body: new URLSearchParams({
        client_id: apiKeysClient.id,
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: secret,
        subject_token_type: API_KEY_TYPE,
      }),
    })
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
    const asked = await introspect(house, service, secret)
    // The engine had another answer in mind: what it would have said must not stand beside the number (RFC 9112 §4).
    for (const { status, statusText } of [over, asked]) expect([status, statusText]).toEqual([429, 'Too Many Requests'])
  })
})
