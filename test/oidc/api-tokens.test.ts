import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { apiId } from '../../src/oidc/apis/api.ts'
import { areClaimNames, asReadBy, type ClaimNamesChange, rename, restore } from '../../src/oidc/apis/claim-names.ts'
import { arranging as arrangingRows } from '../support/event-guard.ts'
import { everythingHeard } from '../support/heard.ts'
import { audience, by, introspect, invoicing, signIn } from './organisations-support.ts'
import { arranging, askToken, codeFor, type House, openHouse, redeem } from './support.ts'

const forItself = { grant_type: 'client_credentials' }
const program = { type: 'service', redirectUris: [], postLogoutRedirectUris: [] } as const
const [invoices, payments] = ['https://invoices.example.com', 'https://payments.example.com']

const tokenOf = async (house: House, client: { id: string; secret?: string | undefined }, more = {}) => {
  const { status, body } = await askToken(house, client, { ...forItself, ...more })
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body['access_token'] ?? ''
}
describe('[TOS-1] the keys of an API', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('sign with %s, and validate as any library does', async (algorithm) => {
    const house = await openHouse()
    const api = await house.addApi({ audience: invoices, name: 'Invoices', ownKeys: true, algorithm })
    const client = await house.addClient({ ...program, apis: [invoices] })
    const token = await tokenOf(house, client)
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: algorithm, typ: 'at+jwt' })
    const keys = createRemoteJWKSet(new URL(`/oauth/apis/${api.id}/jwks`, house.url))
    const { payload } = await jwtVerify(token, keys, { issuer: house.issuer, audience: invoices })
    expect(payload.sub).toBe(client.id)
    expect((await introspect(house, client, token)).body).toMatchObject({ active: true })
    const discovery = (await (await fetch(`${house.url}/.well-known/openid-configuration`)).json()) as object
    expect(discovery).toMatchObject({ id_token_signing_alg_values_supported: ['RS256'] })
  })

  it('another algorithm comes with the next key, and what the one before signed stays valid', async () => {
    const house = await openHouse()
    const api = await house.addApi({ audience: invoices, name: 'Invoices', ownKeys: true, scopes: ['read'] })
    const client = await house.addClient({ ...program, apis: [invoices] })
    const before = await tokenOf(house, client)
    expect(decodeProtectedHeader(before).alg).toBe('RS256')
    const done = await house.apis.update(arranging, invoices, { algorithm: 'ES256' })
    expect(done).toMatchObject({ ok: true, value: { algorithm: 'ES256', scopes: ['read'] } })
    const own = house.services.signing.keys.ofApi(apiId.toUuid(api.id))
    expect((await own.list()).filter(({ state }) => state !== 'gone')).toMatchObject([
      { state: 'active', algorithm: 'RS256' },
      { state: 'next', algorithm: 'ES256' },
    ])
    expect(decodeProtectedHeader(await tokenOf(house, client)).alg, 'nobody knows the new one yet').toBe('RS256')
    expect((await own.rotate({ force: true })).ok).toBe(true)
    await everythingHeard(house.services)
    const after = await tokenOf(house, client)
    expect(decodeProtectedHeader(after).alg).toBe('ES256')
    const keys = createRemoteJWKSet(new URL(`/oauth/apis/${api.id}/jwks`, house.url))
    for (const token of [before, after]) await jwtVerify(token, keys, { audience: invoices })
    expect((await own.list()).find(({ state }) => state === 'next')?.algorithm, 'and so on').toBe('ES256')
  })

  it('an algorithm of its own needs keys of its own, and those are not taken back', async () => {
    const house = await openHouse()
    const create = (more: object) => house.apis.create(arranging, { audience: invoices, name: 'Invoices', ...more })
    expect(await create({ algorithm: 'ES256' })).toEqual({ ok: false, error: 'algorithm-without-keys' })
    expect(await create({})).toMatchObject({ ok: true })
    expect(await house.apis.update(arranging, invoices, { ownKeys: true, algorithm: 'EdDSA' })).toMatchObject({
      ok: true,
    })
    expect(await house.apis.update(arranging, invoices, { ownKeys: false })).toMatchObject({ error: 'keys-taken-back' })
    const client = await house.addClient({ ...program, apis: [invoices] })
    // Until the keys are known it is refused, and never signed by another's.
    await everythingHeard(house.services)
    const token = await tokenOf(house, client)
    expect(decodeProtectedHeader(token).alg).toBe('EdDSA')
    const events = await house.events('api.updated')
    expect(events).toMatchObject([
      { before: { ownKeys: false, algorithm: null }, after: { ownKeys: true, algorithm: 'EdDSA' } },
    ])
  })
})

describe('[TOS-1] whoever took a key', () => {
  const mails = 'https://mails.example.com'
  const audiences = [invoices, payments, mails]

  it('has what it signs for: no other API, and not the instance', async () => {
    const house = await openHouse()
    const apis = [
      await house.addApi({ audience: invoices, name: 'Invoices', ownKeys: true }),
      await house.addApi({ audience: payments, name: 'Payments', ownKeys: true }),
      await house.addApi({ audience: mails, name: 'Mails' }),
    ]
    const client = await house.addClient({ ...program, apis: audiences })
    const genuine = await Promise.all(audiences.map((resource) => tokenOf(house, client, { resource })))
    const snapshot = await house.services.signing.current.fresh()
    const keys = apis.map(({ id }) => (snapshot.apis.get(apiId.toUuid(id)) ?? snapshot).active)
    const counts = async (token: string) => (await introspect(house, client, token)).body['active']
    for (const [signer, key] of keys.entries())
      for (const [index, audience] of [...audiences, house.issuer].entries()) {
        const forged = await new SignJWT({ ...decodeJwt(genuine[signer] ?? ''), aud: audience })
          .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'at+jwt' })
          .sign(key.privateKey)
        const own = index === signer || (key.kid === snapshot.active.kid && audience === house.issuer)
        expect(await counts(forged), `key ${signer} for ${audience}`).toBe(own)
      }
  })

  it('has nothing of an API that got keys of its own since: what the instance signed before is asked for anew', async () => {
    const house = await openHouse()
    const api = await house.addApi({ audience: invoices, name: 'Invoices' })
    const client = await house.addClient({ ...program, apis: [invoices] })
    const before = await tokenOf(house, client)
    expect((await introspect(house, client, before)).body).toMatchObject({ active: true })
    expect(await house.apis.update(arranging, invoices, { ownKeys: true })).toMatchObject({ ok: true })
    await everythingHeard(house.services)
    const after = await tokenOf(house, client)
    const { apis } = await house.services.signing.current.fresh()
    expect(decodeProtectedHeader(after).kid).toBe(apis.get(apiId.toUuid(api.id))?.active.kid)
    expect((await introspect(house, client, after)).body).toMatchObject({ active: true })
    expect((await introspect(house, client, before)).body).toEqual({ active: false })
  })
})

describe('what an API calls the claims', () => {
  it.each<[Record<string, unknown>, boolean]>([
    [{}, true],
    [{ org_id: 'tenantId', roles: 'https://example.com/roles' }, true],
    [{ sub: 'user' }, false],
    [{ org_id: 'sub' }, false],
    [{ org_id: 'scope' }, false],
    [{ org_id: 'email' }, false],
    [{ org_id: 'roles', roles: 'org_id' }, false],
    [{ org_id: 'org_id' }, false],
    [{ org_id: 'tenant', org: 'tenant' }, false],
    [{ org_id: '' }, false],
    [{ org_id: 'a b' }, false],
    ...[
      '__proto__',
      'constructor',
      'prototype',
      '__PROTO__',
      'Sub',
      'SUB',
      'Scope',
      'Email',
      'Org_Id',
      'scp',
      'SCP',
    ].map((one): [Record<string, unknown>, boolean] => [{ org_id: one }, false]),
    [{ org_id: '_claim_names' }, false],
    [{ org_id: '_claim_sources' }, false],
    [{ org_id: 'Tenant', org: 'tenant' }, false],
    [{ org_id: 'Tenant' }, true],
    [{ org_id: 1 }, false],
    [{ org_id: 'cnf' }, false],
    [{ org_id: 'x'.repeat(101) }, false],
  ])('%j: %s', (names, valid) => expect(areClaimNames(names)).toBe(valid))

  it('that an API has from before the rule stay until somebody changes them', async () => {
    const house = await openHouse()
    await house.addApi({ audience: invoices, name: 'Invoices' })
    await inTransaction(house.services.database.owner, async (tx) => {
      await arrangingRows(tx)
      await tx
        .updateTable('apis')
        .set({ claim_names: JSON.stringify({ org_id: 'Sub' }) })
        .execute()
    })
    const change = (more: object) => house.apis.update(arranging, invoices, more)
    expect(await change({ name: 'Bills' })).toMatchObject({ ok: true, value: { claimNames: { org_id: 'Sub' } } })
    expect(await change({ claimNames: { org_id: 'SUB' } })).toEqual({ ok: false, error: 'claim-name-invalid' })
    expect(await change({ claimNames: { org_id: 'tenantId' } })).toMatchObject({ ok: true })
  })

  it('are changed one by one, under the lock of the API: of many at once none takes back another', async () => {
    const house = await openHouse()
    await house.addApi({ audience: invoices, name: 'Invoices' })
    const names = { org_id: 'tenantId', org: 'tenant', roles: 'groupNames', permissions: 'mayDo' }
    const change = (claimNames: ClaimNamesChange) => house.apis.update(arranging, invoices, { claimNames })
    const done = await Promise.all(Object.entries(names).map(([own, theirs]) => change({ [own]: theirs })))
    expect(done.map(({ ok }) => ok)).toEqual([true, true, true, true])
    expect((await house.apis.find(invoices))?.claimNames).toEqual(names)
    expect(await change({ org: 'tenantId' }), 'judged with those that stand').toMatchObject({ ok: false })
    await Promise.all([change({ roles: null }), change({ permissions: null })])
    expect((await house.apis.find(invoices))?.claimNames).toEqual({ org_id: 'tenantId', org: 'tenant' })
  })

  it('come back as they went, and what cannot be understood does not come back', () => {
    const claims = { iss: 'i', sub: 's', org_id: 'org_1', roles: ['a'], permissions: ['b'] }
    const names = { org_id: 'tenantId', roles: 'groupNames' }
    const renamed = rename(claims, names)
    expect(renamed).toEqual({ iss: 'i', sub: 's', tenantId: 'org_1', groupNames: ['a'], permissions: ['b'] })
    expect(restore(renamed, names)).toEqual(claims)
    expect(restore(claims, names), 'issued before they were renamed').toEqual(claims)
    expect(restore(renamed, {}), 'issued while they had other names').toBeUndefined()
    expect(restore({ ...renamed, org_id: 'org_2' }, names)).toBeUndefined()
    expect(asReadBy({ claimNames: names, carriesPermissions: false }, claims)).not.toHaveProperty('permissions')
  })
})

describe('[TOS-1] a token that says it as the API reads it', () => {
  it('comes back as ours, and its back end is told in the same words', async () => {
    const house = await openHouse()
    const invoices = await invoicing(house)
    const claimNames = { org_id: 'tenantId', roles: 'https://monetro.example/roles' }
    expect(await house.apis.update(by, audience, { claimNames })).toMatchObject({ ok: true })
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']])
    const client = await invoices.client()
    const { access, claims } = await signIn(house, client)
    expect(claims).toMatchObject({ tenantId: acme.id, 'https://monetro.example/roles': ['viewer'] })
    for (const name of ['org_id', 'roles']) expect(claims).not.toHaveProperty(name)
    const { body } = await introspect(house, client, access)
    expect(body).toMatchObject({ active: true, tenantId: acme.id, 'https://monetro.example/roles': ['viewer'] })
    expect(body).not.toHaveProperty('org_id')

    const left = await house.companies.orgs.memberships.suspend(by, instanceAuthority, acme.id, ada.id)
    expect(left.ok).toBe(true)
    expect((await introspect(house, client, access)).body, 'so the organisation was understood').toEqual({
      active: false,
    })
    expect(await house.apis.update(by, audience, { claimNames: { org_id: null, roles: null } })).toMatchObject({
      ok: true,
    })
  })

  it('whose names have changed since counts no more: what is not understood is not judged', async () => {
    const house = await openHouse()
    const invoices = await invoicing(house)
    await house.apis.update(by, audience, { claimNames: { org_id: 'tenantId' } })
    const ada = await house.addPerson()
    await invoices.company([[ada.id, 'viewer']])
    const client = await invoices.client()
    const { access } = await signIn(house, client)
    expect((await introspect(house, client, access)).body).toMatchObject({ active: true })
    await house.apis.update(by, audience, { claimNames: { org_id: 'company' } })
    await everythingHeard(house.services)
    expect((await introspect(house, client, access)).body).toMatchObject({ active: false })
  })

  it('without permissions, where the API asks for them instead', async () => {
    const house = await openHouse()
    const invoices = await invoicing(house)
    await house.apis.update(by, audience, { carriesPermissions: false })
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']])
    const client = await invoices.client()
    const { access, claims } = await signIn(house, client)
    expect(claims).toMatchObject({ org_id: acme.id, roles: ['viewer'], scope: 'invoices:read' })
    expect(claims).not.toHaveProperty('permissions')
    const { body } = await introspect(house, client, access)
    expect(body).toMatchObject({ active: true, scope: 'invoices:read' })
    expect(body['permissions']).toContain('invoices:read')
    expect(body['permissions']).not.toContain('invoices:write')
  })

  it('of an API key, too', async () => {
    const house = await openHouse()
    const invoices = await invoicing(house)
    await house.apis.update(by, audience, { carriesPermissions: false, claimNames: { org_id: 'tenantId' } })
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'member']])
    const key = await house.companies.apiKeys.create(by, instanceAuthority, {
      organisation: acme.id,
      owner: ada.id,
      name: 'Nightly',
      permissions: { [invoices.api.id]: ['invoices:read'] },
    })
    if (!key.ok) throw new Error(JSON.stringify(key.error))
    const subject_token = key.value.secret.reveal()
    const { body } = await askToken(
      house,
      { id: 'hearthkey-api-keys' },
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token,
        subject_token_type: 'urn:hearthkey:token-type:api-key',
      },
    )
    const claims = decodeJwt(body['access_token'] ?? '')
    expect(claims).toMatchObject({ tenantId: acme.id, scope: 'invoices:read' })
    expect(claims).not.toHaveProperty('permissions')
    const service = await invoices.client()
    for (const shown of [body['access_token'] ?? '', subject_token])
      expect((await introspect(house, service, shown)).body).toMatchObject({
        active: true,
        tenantId: acme.id,
        scope: 'invoices:read',
        permissions: ['invoices:read'],
      })
  })
})

describe('tokens for which nobody named an API', () => {
  it('are for the default API where the client may have it, and otherwise for the issuer', async () => {
    const house = await openHouse()
    for (const audience of [invoices, payments])
      await house.addApi({ audience, name: audience, scopes: ['read'], isDefault: audience === invoices })
    await house.addPerson()
    const both = await house.addClient({ apis: [payments, invoices] })
    const none = await house.addClient({ ...program })
    const machine = await house.addClient({ ...program, apis: [payments, invoices] })
    const audienceOf = (token: string) => decodeJwt(token).aud
    const signedIn = async () => {
      const { body } = await redeem(house, both, await codeFor(house, both))
      return audienceOf(body['access_token'] ?? '')
    }
    expect(audienceOf(await tokenOf(house, machine))).toBe(invoices)
    expect(audienceOf(await tokenOf(house, machine, { resource: payments }))).toBe(payments)
    expect(audienceOf(await tokenOf(house, none))).toBe(house.issuer)
    expect(await signedIn()).toBe(invoices)

    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    expect(audienceOf(await tokenOf(other, machine))).toBe(invoices)
    expect(await house.apis.update(arranging, payments, { isDefault: true })).toMatchObject({ ok: true })
    for (const at of [house, other]) {
      await everythingHeard(at.services)
      expect(audienceOf(await tokenOf(at, machine))).toBe(payments)
    }
    expect((await house.apis.list()).filter(({ isDefault }) => isDefault)).toHaveLength(1)
    await house.apis.update(arranging, payments, { isDefault: false })
    for (const at of [house, other]) {
      await everythingHeard(at.services)
      expect(audienceOf(await tokenOf(at, machine))).toBe(house.issuer)
    }
    expect(await signedIn()).toBe(house.issuer)
  })
})

describe('RFC 8707', () => {
  it('several resources are asked for once, and each token is for one', async () => {
    const house = await openHouse()
    for (const audience of [invoices, payments]) await house.addApi({ audience, name: audience, scopes: ['read'] })
    await house.addApi({ audience: 'https://other.example.com', name: 'Other', scopes: ['read'] })
    await house.addPerson()
    const client = await house.addClient({ apis: [invoices, payments] })
    const browser = house.browser()
    const { calculatePKCECodeChallenge, generateRandomCodeVerifier } = await import('oauth4webapi')
    const verifier = generateRandomCodeVerifier()
    const url = new URL('/oauth/authorize', house.url)
    for (const [name, value] of [
      ['client_id', client.id],
      ['redirect_uri', 'https://app.example.com/callback'],
      ['response_type', 'code'],
      ['scope', 'openid offline_access read'],
      ['prompt', 'consent'],
      ['code_challenge', await calculatePKCECodeChallenge(verifier)],
      ['code_challenge_method', 'S256'],
      ['resource', invoices],
      ['resource', payments],
    ] as const)
      url.searchParams.append(name, value)
    const back = await browser.signIn(url)
    const code = { code: back.searchParams.get('code') ?? '', verifier }
    const { body, status } = await redeem(house, client, code, { resource: payments })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({ aud: payments, scope: 'read' })
    const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '' }
    const second = await askToken(house, client, { ...refresh, resource: invoices })
    expect(decodeJwt(second.body['access_token'] ?? '')).toMatchObject({ aud: invoices, scope: 'read' })
    const third = await askToken(house, client, {
      ...refresh,
      refresh_token: second.body['refresh_token'] ?? '',
      resource: 'https://other.example.com',
    })
    expect(third).toMatchObject({ status: 400, body: { error: 'invalid_target' } })
  })
})

describe('how long tokens live', () => {
  it('is the shortest that the API and the application say', async () => {
    const house = await openHouse({ tokens: { accessToken: 3_600_000 } })
    await house.addApi({ audience: invoices, name: 'Invoices', accessTokenTtl: 600 })
    await house.addApi({ audience: payments, name: 'Payments' })
    const client = await house.addClient({ ...program, apis: [invoices, payments], accessTokenTtl: 300 })
    const plain = await house.addClient({ ...program, apis: [invoices, payments] })
    const ttl = async (who: { id: string; secret?: string | undefined }, resource?: string) => {
      const { body } = await askToken(house, who, { ...forItself, ...(resource && { resource }) })
      const { exp = 0, iat = 0 } = decodeJwt(body['access_token'] ?? '')
      expect(body.expires_in).toBe(exp - iat)
      return exp - iat
    }
    expect([await ttl(client, invoices), await ttl(client, payments), await ttl(client)]).toEqual([300, 300, 300])
    expect([await ttl(plain, invoices), await ttl(plain, payments), await ttl(plain)]).toEqual([600, 3600, 3600])
  })
})

describe('the words of a scope', () => {
  it('are said by scope and language, changed text by text, and bounded', async () => {
    const house = await openHouse()
    const scopeWords = { read: { en: 'Read your invoices', de: 'Deine Rechnungen lesen' } }
    await house.addApi({ audience: invoices, name: 'Invoices', scopes: ['read'], scopeWords })
    const update = (said: object) => house.apis.update(arranging, invoices, said)
    const changed = await update({ addScopes: ['write'], scopeWords: { write: { en: 'Write' }, read: { en: '' } } })
    expect(changed).toMatchObject({
      ok: true,
      value: { scopeWords: { read: { de: 'Deine Rechnungen lesen' }, write: { en: 'Write' } } },
    })
    for (const words of [
      { delete: { en: 'Delete' } },
      { read: { english: 'x' } },
      { read: { en: 'x'.repeat(201) } },
      { read: { en: 'a\u202Eb' } },
      { read: { en: ' x ' } },
    ])
      expect(await update({ scopeWords: words })).toEqual({ ok: false, error: 'words-invalid' })
  })
})

it('of several APIs that are to be the default at once, each is made and one is it', async () => {
  const house = await openHouse()
  const audiences = [1, 2, 3, 4].map((number) => `https://default-${number}.example`)
  const made = await Promise.all(
    audiences.map((audience) => house.apis.create(arranging, { audience, name: 'Default', isDefault: true })),
  )
  expect(made.map(({ ok }) => ok)).toEqual([true, true, true, true])
  expect((await house.apis.list()).filter(({ isDefault }) => isDefault)).toHaveLength(1)
})
