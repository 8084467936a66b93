import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { plainClient } from '../../src/oidc/clients/client.ts'
import { clientFaults, wordsOf } from '../../src/oidc/clients/faults.ts'
import { mayCallFrom } from '../../src/oidc/clients/origins.ts'
import { isRegistered } from '../../src/oidc/clients/redirect-uri.ts'
import { changedBy, type NewClient, plan } from '../../src/oidc/clients/registration.ts'

const now = new Date('2026-01-01T00:00:00Z')
const bounds = { longestTokenLifetime: 86_400_000, certificates: { read: true, verified: true } }
const callback = 'https://app.example.com/callback'
const base = { name: 'Invoices', type: 'web', redirectUris: [callback], firstParty: true } as const
const service = { name: 'Nightly', type: 'service', redirectUris: [] } as const

const planned = (input: Partial<NewClient>) => plan({ ...base, ...input }, now, bounds)
const made = (input: Partial<NewClient>) => {
  const result = planned(input)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
const reasonOf = (input: Partial<NewClient>) => {
  const result = planned(input)
  return result.ok ? undefined : result.error.reason
}

const jwkOf = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), kty: kty(key), ...more })
const kty = (key: KeyObject): string => String(key.export({ format: 'jwk' }).kty)
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ed = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
const jwks = (...keys: { kty: string }[]) => ({ keys })
const good = jwks(jwkOf(ec.publicKey, { kid: 'one' }))

describe('what a type is decides what is safe for it', () => {
  it.each([
    ['web', {}, { authMethod: 'client_secret_basic', grantTypes: ['authorization_code', 'refresh_token'] }],
    ['single-page', {}, { authMethod: 'none', grantTypes: ['authorization_code', 'refresh_token'] }],
    ['native', {}, { authMethod: 'none', grantTypes: ['authorization_code', 'refresh_token'] }],
    ['service', { redirectUris: [] }, { authMethod: 'client_secret_basic', grantTypes: ['client_credentials'] }],
  ] as const)('%s', (type, more, expected) => {
    expect(made({ type, ...more })).toMatchObject({ ...expected, pkce: 'required', tokenBinding: 'none' })
  })

  it.each<[string, Partial<NewClient>]>([
    ['auth-needed', { authMethod: 'none' }],
    ['auth-needed', { ...service, authMethod: 'none' }],
    ['auth-impossible', { type: 'single-page', authMethod: 'client_secret_basic' }],
    ['auth-impossible', { type: 'native', authMethod: 'private_key_jwt', jwks: good }],
    ['secret-needed', { type: 'native', grantTypes: ['client_credentials'] }],
    ['grant-not-of-type', { ...service, grantTypes: ['authorization_code'] }],
    [
      'grant-not-of-type',
      { type: 'single-page', grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'authorization_code'] },
    ],
    ['pkce-required', { type: 'single-page', pkce: 'optional' }],
    ['pkce-required', { type: 'native', pkce: 'optional' }],
    ['origins-not-of-type', { origins: ['https://app.example.com'] }],
    ['nobody-signs-in', { ...service, redirectUris: [callback] }],
    ['nobody-signs-in', { ...service, postLogoutRedirectUris: [callback] }],
    ['nobody-signs-in', { ...service, backchannelLogoutUri: 'https://app.example.com/logout' }],
    ['nobody-signs-in', { ...service, subjectType: 'pairwise', sector: 'app.example.com' }],
    ['nobody-signs-in', { ...service, requiresPar: true }],
    ['no-redirect-uri', { redirectUris: [] }],
  ])('refuses: %s', (reason, input) => expect(reasonOf(input)).toBe(reason))

  it('has a word and a cure for each refusal', () => {
    for (const [detail, cure] of Object.values(clientFaults)) {
      expect(detail).toMatch(/\.$/)
      expect(cure).toMatch(/[.>]$/)
    }
    expect(wordsOf({ reason: 'origin-invalid', value: 'x' }).detail).toContain('(x)')
  })

  it('[threat 24] takes nothing from a body but what it has a name for', () => {
    const smuggled = {
      ...base,
      secrets: [{ id: 'csec_0', hash: Buffer.alloc(32), hint: '', createdAt: now, expiresAt: null }],
      serviceAccount: 'sva_0',
      disabledAt: now,
      createdAt: new Date(0),
      constructor: 'x',
      postLogoutRedirectURIs: ['https://evil.example/'],
    }
    const client = plan(smuggled, now, bounds)
    expect(client).toMatchObject({
      ok: true,
      value: { secrets: [], serviceAccount: null, disabledAt: null, createdAt: now, postLogoutRedirectUris: [] },
    })
    if (!client.ok) throw new Error('refused')
    expect(Object.keys(client.value).sort()).toEqual(
      [
        ...['id', 'type', 'name', 'redirectUris', 'grantTypes', 'authMethod', 'apis', 'createdAt', 'disabledAt'],
        ...['serviceAccount', 'postLogoutRedirectUris', 'firstParty', 'organisations', 'mfa', 'uri'],
        ...Object.keys(plainClient),
      ].sort(),
    )
    const changed = changedBy(client.value, smuggled, bounds)
    expect(changed).toMatchObject({ value: { secrets: [], serviceAccount: null, disabledAt: null } })
  })
})

describe('FAPI 2.0', () => {
  const fapi = { profile: 'fapi2', jwks: good } as const

  it('brings what it leaves no choice in', () => {
    expect(made(fapi)).toMatchObject({ authMethod: 'private_key_jwt', requiresPar: true, tokenBinding: 'dpop' })
    const byCertificate = { profile: 'fapi2', authMethod: 'tls_client_auth', tlsSubject: 'CN=billing' } as const
    expect(made(byCertificate)).toMatchObject({ requiresPar: true, tokenBinding: 'mtls' })
    expect(made({ ...fapi, ...service })).toMatchObject({ requiresPar: false, tokenBinding: 'dpop' })
  })

  it.each<[string, Partial<NewClient>]>([
    ['fapi-authentication', { authMethod: 'client_secret_basic' }],
    ['fapi-binding', { tokenBinding: 'none' }],
    ['fapi-par', { requiresPar: false }],
    ['fapi-https', { redirectUris: ['http://127.0.0.1/callback'] }],
    ['pkce-required', { pkce: 'optional' }],
    ['keys-needed', { jwks: null }],
    ['fapi-algorithm', { jwks: jwks(jwkOf(rsa.publicKey, { alg: 'RS256' })) }],
  ])('refuses: %s', (reason, input) => expect(reasonOf({ ...fapi, ...input })).toBe(reason))

  it('takes RSA keys that sign with PS256', () => {
    for (const more of [{}, { alg: 'PS256' }])
      expect(reasonOf({ ...fapi, jwks: jwks(jwkOf(rsa.publicKey, more)) })).toBeUndefined()
  })

  it('cannot be undone part by part', () => {
    const client = made(fapi)
    expect(changedBy(client, { requiresPar: false }, bounds)).toEqual({ ok: false, error: { reason: 'fapi-par' } })
    expect(changedBy(client, { profile: null, requiresPar: false }, bounds)).toMatchObject({ ok: true })
    expect(changedBy(made({ jwks: good }), { profile: 'fapi2', authMethod: 'private_key_jwt' }, bounds)).toMatchObject({
      ok: true,
      value: { requiresPar: true, tokenBinding: 'dpop' },
    })
  })
})

describe('the keys of an application', () => {
  const byKey = { authMethod: 'private_key_jwt' } as const

  it('are public signature keys of kinds that are taken', () => {
    for (const key of [ec.publicKey, rsa.publicKey, ed.publicKey])
      expect(reasonOf({ ...byKey, jwks: jwks(jwkOf(key, { kid: 'a', use: 'sig' })) })).toBeUndefined()
    expect(reasonOf({ ...byKey, jwksUri: 'https://app.example.com/jwks.json' })).toBeUndefined()
  })

  it.each<[string, Partial<NewClient>]>([
    ['keys-needed', {}],
    ['keys-twice', { jwks: good, jwksUri: 'https://app.example.com/jwks' }],
    ['keys-private', { jwks: jwks(jwkOf(ec.privateKey)) }],
    ['keys-private', { jwks: jwks(jwkOf(rsa.privateKey)) }],
    ['keys-private', { jwks: jwks({ kty: 'oct', k: 'c2VjcmV0' } as { kty: string }) }],
    ['keys-invalid', { jwks: jwks() }],
    ['keys-invalid', { jwks: jwks(jwkOf(small.publicKey)) }],
    ['keys-invalid', { jwks: jwks(jwkOf(other.publicKey)) }],
    ['keys-invalid', { jwks: jwks(jwkOf(ec.publicKey, { alg: 'none' })) }],
    ['keys-invalid', { jwks: jwks(jwkOf(ec.publicKey, { alg: 'RS256' })) }],
    ['keys-invalid', { jwks: jwks(jwkOf(ec.publicKey, { use: 'enc' })) }],
    ['keys-invalid', { jwks: jwks(jwkOf(ec.publicKey, { x: 'AA' })) }],
    ['keys-invalid', { jwks: jwks(jwkOf(ec.publicKey, { kid: 'a' }), jwkOf(rsa.publicKey, { kid: 'a' })) }],
    ['keys-invalid', { jwks: jwks(...Array.from({ length: 21 }, () => jwkOf(ec.publicKey))) }],
    ['keys-without-certificate', { authMethod: 'self_signed_tls_client_auth', jwks: good }],
    ['keys-uri-invalid', { jwksUri: 'http://app.example.com/jwks' }],
    ['keys-uri-invalid', { jwksUri: 'https://user:pass@app.example.com/jwks' }],
    ['keys-uri-invalid', { jwksUri: 'file:///etc/passwd' }],
    ['certificate-name-needed', { authMethod: 'tls_client_auth' }],
    ['certificate-name-idle', { jwks: good, tlsSubject: 'CN=x' }],
    ['keys-needed', { authMethod: 'client_secret_basic', requiresSignedRequest: true }],
  ])('[threat 27] refuses: %s', (reason, input) => expect(reasonOf({ ...byKey, ...input })).toBe(reason))
})

describe('what people see of an application of somebody else', () => {
  const theirs = { firstParty: false } as const

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'http://app.example.com/logo.png',
    'https://user@app.example.com/logo.png',
    'https://app.example.com/logo.png#x',
    'https://app.example.com/a b',
    'https://APP.example.com/',
    `https://app.example.com/${'x'.repeat(500)}`,
    '//evil.example/x',
  ])('[threat 29] never is %s', (link) => {
    for (const field of ['logoUri', 'policyUri', 'termsUri'] as const)
      for (const firstParty of [true, false]) expect(reasonOf({ firstParty, [field]: link })).toBe('link-invalid')
    expect(reasonOf({ uri: link })).toBe('uri-invalid')
  })

  it.each([
    'https://10.0.0.1/',
    'https://intranet/',
    'https://wiki.internal/',
    'https://[2001:db8::1]/',
    'https://nas.local/',
  ])('says whose it is, and so is not %s', (link) => {
    expect(reasonOf({ ...theirs, logoUri: link })).toBe('link-host')
    expect(reasonOf({ ...theirs, uri: link })).toBe('link-host')
    expect(reasonOf({ firstParty: true, uri: link }), 'ours is ours').toBeUndefined()
    const redirectUris = [new URL('/callback', link).href]
    expect(reasonOf({ ...theirs, uri: link, redirectUris }), 'they are sent there anyway').toBeUndefined()
  })

  it('is taken as it should be', () => {
    const links = { uri: 'https://app.example.com', logoUri: 'https://cdn.example.com/logo.svg' }
    expect(reasonOf({ ...theirs, ...links, termsUri: 'https://example.com/terms?lang=en' })).toBeUndefined()
    expect(reasonOf({ ...theirs, uri: 'http://localhost:8080/' })).toBeUndefined()
  })

  it.each(['کتاب‌خانه', 'क्‍ष', 'Notes ✍️', 'A & B', '株式会社', '7'])('is called %j', (name) => {
    expect(reasonOf({ name })).toBeUndefined()
  })

  it.each([
    ...['', ' ', 'a\nb', 'Hearthkey\u202Eyek', '\u2066x', 'x'.repeat(201)],
    ...['\u3164', '\u2800', '\u2800x', '\u200b', 'Hearth\u200bkey', 'Hearth\u200dkey', 'Hearth\u00adkey', 'x\ufe0f'],
    ...['x\u{e0041}', '-', '…', '\u0301'],
  ])('[threat 29] is not called %j', (name) => {
    expect(reasonOf({ name })).toBe('name-invalid')
  })
})

describe('where it is told of sign-outs, and from where pages call', () => {
  it('back-channel logout goes over https, and over http on the loopback alone', () => {
    for (const uri of ['https://app.example.com/logout', 'http://127.0.0.1:8080/logout', 'http://localhost/x'])
      expect(reasonOf({ backchannelLogoutUri: uri })).toBeUndefined()
    for (const uri of ['http://app.example.com/logout', 'https://a@app.example.com/', 'https://app.example.com/#x'])
      expect(reasonOf({ backchannelLogoutUri: uri })).toBe('logout-uri-invalid')
  })

  it.each([
    'https://app.example.com/',
    'https://app.example.com/x',
    'http://app.example.com',
    'https://APP.example.com',
    'https://app.example.com:443',
    'https://*.example.com',
    'null',
    '*',
    'https://app.example.com?x',
    'https://user@app.example.com',
  ])('%s is no origin', (origin) => {
    expect(reasonOf({ type: 'single-page', origins: [origin] })).toBe('origin-invalid')
  })

  it('a page calls for what keeps no secret, from exactly where it was registered', () => {
    const page = made({ type: 'single-page', origins: ['https://admin.example.com:8443'] })
    const origins = ['https://app.example.com', 'https://admin.example.com:8443']
    for (const origin of origins) expect(mayCallFrom(page, origin)).toBe(true)
    for (const origin of [
      'null',
      'http://app.example.com',
      'https://app.example.com:444',
      'https://app.example.com.evil.example',
      'https://evil.example',
      'https://admin.example.com',
      'https://app.example.com/',
      'https://APP.example.com',
      '',
    ])
      expect(mayCallFrom(page, origin), origin).toBe(false)
    expect(mayCallFrom(made({}), 'https://app.example.com'), 'a server').toBe(false)
    const slipped = { ...page, authMethod: 'client_secret_basic' } as const
    expect(mayCallFrom(slipped, 'https://app.example.com'), 'whatever stands in its row').toBe(false)
    const app = made({ type: 'native', redirectUris: ['http://127.0.0.1/back', 'com.example.app:/back'] })
    for (const origin of ['http://127.0.0.1', 'null']) expect(mayCallFrom(app, origin)).toBe(false)
  })
})

describe('names of people, and lifetimes', () => {
  it('pairwise: the sector is the host of its redirect URIs, or is said', () => {
    const pairwise = { subjectType: 'pairwise' } as const
    expect(made(pairwise)).toMatchObject({ sector: 'app.example.com' })
    const several = [callback, 'https://other.example.com/callback']
    expect(reasonOf({ ...pairwise, redirectUris: several })).toBe('sector-needed')
    expect(made({ ...pairwise, redirectUris: several, sector: 'example.com' })).toMatchObject({ sector: 'example.com' })
    for (const sector of ['https://example.com', 'Example.com', 'example.com:1', 'a b', '', '*.example.com'])
      expect(reasonOf({ ...pairwise, sector }), sector).toBe('sector-invalid')
    for (const sector of ['localhost', '127.0.0.1', 'invalid', `client-${'0'.repeat(32)}.invalid`])
      expect(reasonOf({ ...pairwise, sector }), sector).toBe('sector-invalid')
    expect(reasonOf({ sector: 'example.com' })).toBe('sector-idle')
    const later = changedBy(made({}), pairwise, bounds)
    expect(later).toMatchObject({ value: { sector: 'app.example.com' } })
    if (!later.ok) throw new Error('refused')
    const moved = changedBy(later.value, { addRedirectUris: several }, bounds)
    expect(moved, 'people keep their names').toMatchObject({ value: { sector: 'app.example.com' } })
    expect(changedBy(later.value, { subjectType: 'public' }, bounds)).toMatchObject({ value: { sector: null } })
  })

  it('pairwise: not together with codes for devices, which come back to no address that would prove a sector', () => {
    const device = 'urn:ietf:params:oauth:grant-type:device_code'
    const codes: Partial<NewClient> = { type: 'native', grantTypes: [device, 'authorization_code'] }
    expect(reasonOf({ ...codes, subjectType: 'pairwise' })).toBe('pairwise-device')
    expect(reasonOf({ ...codes, subjectType: 'pairwise', sector: 'app.example.com' })).toBe('pairwise-device')
    expect(changedBy(made(codes), { subjectType: 'pairwise' }, bounds)).toMatchObject({
      error: { reason: 'pairwise-device' },
    })
    expect(wordsOf({ reason: 'pairwise-device' }).cure).toMatch(/public subjects/)
  })

  it('pairwise: what is on a device alone has a sector of its own, whatever host it writes', () => {
    const native = { type: 'native', subjectType: 'pairwise' } as const
    const sectorOf = (...redirectUris: string[]) => made({ ...native, redirectUris }).sector
    const all = [
      sectorOf('http://127.0.0.1/callback'),
      sectorOf('http://127.0.0.1/callback'),
      sectorOf('http://[::1]/callback', 'com.example.app:/callback'),
      sectorOf('com.example.app://bank.example/callback'),
    ]
    expect(new Set(all).size).toBe(4)
    for (const one of all) expect(one).toMatch(/^client-[0-9a-f]{32}\.invalid$/)
    expect(sectorOf('https://app.example.com/callback'), 'an address that it claims').toBe('app.example.com')
    const [, other] = all
    const taken = { ...native, redirectUris: ['http://127.0.0.1/callback'], sector: other ?? '' }
    expect(reasonOf(taken), 'nobody takes that of another').toBe('sector-invalid')
    const client = made({ ...native, redirectUris: ['http://127.0.0.1/callback'] })
    expect(changedBy(client, { sector: 'shop.example.com' }, bounds), 'an operator may name one').toMatchObject({
      value: { sector: 'shop.example.com' },
    })
  })

  it('pairwise: who registered itself cannot take the names of another host along', () => {
    const own = { subjectType: 'pairwise', firstParty: false, registrationHash: Buffer.alloc(32) } as const
    const client = made(own)
    const elsewhere = ['https://elsewhere.example.com/callback']
    const moved = changedBy(client, { redirectUris: elsewhere }, bounds)
    expect(moved).toMatchObject({ value: { sector: 'elsewhere.example.com' } })
    expect(changedBy(client, { addRedirectUris: elsewhere }, bounds)).toMatchObject({
      error: { reason: 'sector-needed' },
    })
    expect(changedBy(client, { redirectUris: elsewhere, sector: 'app.example.com' }, bounds)).toMatchObject({
      value: { sector: 'elsewhere.example.com' },
    })
  })

  it('no token outlives the key that signed it, and nothing is idle for longer than it lives', () => {
    expect(reasonOf({ accessTokenTtl: 86_400, refreshIdleTtl: 60, refreshAbsoluteTtl: 60 })).toBeUndefined()
    for (const fields of [
      { accessTokenTtl: 86_401 },
      { accessTokenTtl: 29 },
      { accessTokenTtl: 60.5 },
      { refreshIdleTtl: 59 },
      { refreshAbsoluteTtl: 3650 * 86_400 + 1 },
      { refreshIdleTtl: 3600, refreshAbsoluteTtl: 1800 },
    ])
      expect(reasonOf(fields)).toBe('lifetime-invalid')
  })

  it('has bounds in number', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `https://app.example.com/${index}`)
    expect(reasonOf({ redirectUris: many(100) })).toBeUndefined()
    expect(reasonOf({ redirectUris: many(101) })).toBe('too-many')
    expect(reasonOf({ apis: many(101) })).toBe('too-many')
    expect(planned({ redirectUris: [`https://app.example.com/${'x'.repeat(1000)}`] })).toMatchObject({
      error: { fault: 'too-long' },
    })
  })
})

describe('[threat 1] a redirect URI is the registered string', () => {
  it('RFC 8252 §7.3: any port of the loopback as an address, for an app on a device alone', () => {
    const registered = ['http://127.0.0.1/back', 'http://[::1]:3000/back?x=1', 'http://localhost/back', callback]
    for (const uri of ['http://127.0.0.1:49152/back', 'http://127.0.0.1:1/back', 'http://[::1]:65535/back?x=1'])
      expect(isRegistered('native', registered, uri), uri).toBe(true)
    for (const uri of [
      'http://localhost:49152/back',
      'http://127.0.0.1:/back',
      'http://127.0.0.1:0/back',
      'http://127.0.0.1:01/back',
      'http://127.0.0.1:65536/back',
      'http://127.0.0.1:80@evil.example/back',
      'http://evil@127.0.0.1:80/back',
      'http://127.0.0.1.evil.example:80/back',
      'http://127.0.0.1:80evil.example/back',
      'http://127.0.0.1:80/back/',
      'http://127.0.0.1:80/Back',
      'http://127.0.0.1:80/back?',
      'http://127.0.0.1:80/back#x',
      'http://127.0.0.1:80\\back',
      'http://127.0.0.1:80//back',
      'http://127.1:80/back',
      'http://127.0.0.2:80/back',
      'http://2130706433/back',
      'http://0x7f.1/back',
      'https://127.0.0.1:80/back',
      'HTTP://127.0.0.1:80/back',
      ' http://127.0.0.1:80/back',
      'http://127.0.0.1:80/back\t',
      'http://[::1]:65535/back',
      'http://[::ffff:127.0.0.1]:80/back',
      'https://app.example.com:8443/callback',
    ])
      expect(isRegistered('native', registered, uri), uri).toBe(false)
    for (const type of ['web', 'single-page'] as const)
      expect(isRegistered(type, registered, 'http://127.0.0.1:49152/back')).toBe(false)
    expect(reasonOf({ type: 'native', redirectUris: ['https://127.0.0.1/back'] })).toBe('redirect-uri')
  })
})

describe('what this server does not see of a certificate', () => {
  const key = { authMethod: 'self_signed_tls_client_auth', jwks: good } as const
  const authority = { authMethod: 'tls_client_auth', tlsSubject: 'CN=billing' } as const
  const reason = (certificates: typeof bounds.certificates, more: Partial<NewClient>) => {
    const result = plan({ ...base, ...more }, now, { ...bounds, certificates })
    return result.ok ? undefined : result.error.reason
  }

  it('is nothing to prove oneself by, nor to bind tokens to', () => {
    const [none, unverified] = [
      { read: false, verified: false },
      { read: true, verified: false },
    ]
    for (const more of [
      authority,
      { tokenBinding: 'mtls' } as const,
      { ...key, jwks: null, jwksUri: 'https://a.example/k' },
    ])
      expect(reason(none, more)).toBe('certificates-unread')
    expect(reason(unverified, authority)).toBe('certificates-unverified')
    expect(reason(unverified, { tokenBinding: 'mtls' })).toBeUndefined()
    expect(reason({ read: true, verified: true }, authority)).toBeUndefined()
  })
})
