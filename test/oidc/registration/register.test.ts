import {
  allowInsecureRequests,
  customFetch,
  dynamicClientRegistrationRequest,
  processDynamicClientRegistrationResponse,
} from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { arranging, askToken, authorization, openHouse } from '../support.ts'
import { application, initialToken, openRegistration, register, registered, tokensOf } from './support.ts'

describe('an application that registers itself', () => {
  it('is somebody else’s: it must ask people, prove itself and use PKCE, and has no API', async () => {
    const house = await openRegistration()
    const { token } = await initialToken(house)
    const { status, body, headers } = await register(house, token)
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({
      client_name: 'Partner app',
      redirect_uris: application.redirect_uris,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: application.grant_types,
      response_types: ['code'],
      client_secret: expect.stringMatching(/^hks_/),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^hkr_/),
      registration_client_uri: `${house.issuer}/oauth/register/${body['client_id']}`,
    })
    const client = await house.clients.find(String(body['client_id']))
    expect(client).toMatchObject({ firstParty: false, pkce: 'required', apis: [], type: 'web', mfa: null })
    const { url } = await authorization(house, {
      clientId: String(body['client_id']),
      redirect_uri: application.redirect_uris[0],
      code_challenge: undefined,
      code_challenge_method: undefined,
    })
    const refused = await fetch(url, { redirect: 'manual' })
    expect(refused.headers.get('location')).toContain('error=invalid_request')
    expect(await house.events('registration_token.used')).toHaveLength(1)
    expect(JSON.stringify(await house.events('client.created'))).toContain(String(body['client_id']))
  })

  it('is answered as a client that others wrote expects', async () => {
    const house = await openRegistration()
    const { token } = await initialToken(house)
    const discovery = (await (await fetch(new URL('/.well-known/openid-configuration', house.url))).json()) as {
      issuer: string
      registration_endpoint: string
    }
    expect(discovery.registration_endpoint).toBe(`${house.issuer}/oauth/register`)
    const answer = await dynamicClientRegistrationRequest(
      discovery,
      { ...application, redirect_uris: [...application.redirect_uris], grant_types: [...application.grant_types] },
      {
        initialAccessToken: token,
        [allowInsecureRequests]: true,
        [customFetch]: (url: string, init: object) => fetch(url.replace(house.issuer, house.url), init as RequestInit),
      } as never,
    )
    const client = await processDynamicClientRegistrationResponse(answer)
    expect(client.client_id).toMatch(/^cl_/)
  })

  it('[threat 24] gives itself nothing that is an operator’s to give', async () => {
    const house = await openRegistration()
    await house.addApi({ audience: 'https://invoices.example/api', name: 'Invoices', scopes: ['read'] })
    const other = await house.addClient()
    const { id, body } = await registered(house, {
      ...application,
      client_id: other.id,
      client_secret: 'hks_mine',
      first_party: true,
      firstParty: true,
      apis: ['https://invoices.example/api'],
      audience: 'https://invoices.example/api',
      on_behalf: true,
      pkce: 'optional',
      require_pkce: false,
      consent: false,
      mfa: null,
      organisations: 'off',
      access_token_ttl: 86_400,
      accessTokenTtl: 86_400,
      profile: null,
      service_account: 'sva_00000000000000000000000000000000',
      registration_access_token: 'hkr_mine',
      registration_hash: 'mine',
      disabled_at: null,
      sector: 'victim.example',
      scope: 'openid admin',
      origins: ['https://evil.example'],
      __proto__: { firstParty: true },
    })
    expect(id).not.toBe(other.id)
    expect(body['client_secret']).not.toBe('hks_mine')
    expect(await house.clients.find(id)).toMatchObject({
      firstParty: false,
      apis: [],
      pkce: 'required',
      organisations: 'ask',
      accessTokenTtl: null,
      serviceAccount: null,
      sector: null,
      origins: [],
    })
  })

  it.each([
    ['a redirect URI over plain http', { redirect_uris: ['http://partner.example/callback'] }, 'invalid_redirect_uri'],
    ['a redirect URI with a fragment', { redirect_uris: ['https://partner.example/#x'] }, 'invalid_redirect_uri'],
    ['a scheme that a browser runs', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['redirect URIs that are no list', { redirect_uris: 'https://partner.example/' }, 'invalid_redirect_uri'],
    ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['a logo that is a script', { logo_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
    ['a logo inside of the network', { logo_uri: 'https://10.0.0.1/logo.png' }, 'invalid_client_metadata'],
    ['keys inside of the network, over http', { jwks_uri: 'http://127.0.0.1/jwks' }, 'invalid_client_metadata'],
    ['terms without a scheme', { tos_uri: '//evil.example' }, 'invalid_client_metadata'],
    ['a name that turns the text around', { client_name: 'Bank\u202Eknab' }, 'invalid_client_metadata'],
    ['a name of two lines', { client_name: 'Bank\nSign in here' }, 'invalid_client_metadata'],
    ['a name that nobody sees', { client_name: '\u3164' }, 'invalid_client_metadata'],
    ['a name that reads as ours', { client_name: 'Hearth\u200bkey' }, 'invalid_client_metadata'],
    [
      'a certificate that is not read here',
      { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=partner' },
      'invalid_client_metadata',
    ],
    [
      'tokens bound to what is not read here',
      { tls_client_certificate_bound_access_tokens: true },
      'invalid_client_metadata',
    ],
    ['refresh tokens of nothing', { grant_types: ['refresh_token'], response_types: [] }, 'invalid_client_metadata'],
    ['the implicit grant', { grant_types: ['implicit'] }, 'invalid_client_metadata'],
    ['the password grant', { grant_types: ['password'] }, 'invalid_client_metadata'],
    ['token exchange', { grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] }, 'invalid_client_metadata'],
    ['a token in the front channel', { response_types: ['token'] }, 'invalid_client_metadata'],
    ['its own credentials', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [
      'its own credentials beside people',
      { grant_types: ['authorization_code', 'client_credentials'] },
      'invalid_client_metadata',
    ],
    [
      'a private key',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } },
      'invalid_client_metadata',
    ],
    ['somebody else’s sector', { sector_identifier_uri: 'https://other.example/x' }, 'invalid_client_metadata'],
    ['a software statement', { software_statement: 'e30.e30.' }, 'invalid_software_statement'],
    ['no object', [], 'invalid_client_metadata'],
  ])('is refused with %s, and uses nothing up', async (_what, more, error) => {
    const house = await openRegistration()
    const { token } = await initialToken(house)
    const refused = await register(house, token, Array.isArray(more) ? more : { ...application, ...more })
    expect([refused.status, refused.body['error']]).toEqual([400, error])
    expect((await register(house, token)).status).toBe(201)
  })

  it('is told how to write a redirect URI that is refused', async () => {
    const house = await openRegistration()
    const { token } = await initialToken(house)
    const uri = 'http://partner.example/callback'
    const { body } = await register(house, token, { ...application, redirect_uris: [uri] })
    expect(body['error_description']).toMatch(/^http:\/\/partner\.example\/callback: Use https\./)
  })

  it('speaks for itself only where its token says so', async () => {
    const house = await openRegistration()
    const program = { client_name: 'Robot', grant_types: ['client_credentials'], redirect_uris: [] }
    const { body } = await registered(house, program, { allowsPrograms: true })
    const { status } = await askToken(
      house,
      { id: String(body['client_id']), secret: String(body['client_secret']) },
      { grant_type: 'client_credentials' },
    )
    expect(status).toBe(200)
  })

  it('[threat 29] is called by text that is text', async () => {
    const house = await openRegistration()
    const { id } = await registered(house, { ...application, client_name: '<img src=x onerror=alert(1)>' })
    expect((await house.clients.find(id))?.name).toBe('<img src=x onerror=alert(1)>')
  })
})

describe('a registration token', () => {
  it('with one use makes one application, of twenty who come at once to two instances', async () => {
    const house = await openRegistration()
    const { token } = await initialToken(house)
    const before = (await house.clients.list({ limit: 100 })).length
    const beside = { database: house.database, issuer: house.issuer }
    const other = await openHouse({ clients: { dynamicRegistration: 'token' }, beside })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => register(index % 2 === 0 ? house : other, token)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(401)])
    expect((await house.clients.list({ limit: 100 })).length - before).toBe(1)
  })

  it('counts until it is used up, has expired or was revoked; and nobody is told which it is', async () => {
    const house = await openRegistration()
    const twice = await initialToken(house, { uses: 2 })
    expect((await register(house, twice.token)).status).toBe(201)
    expect((await register(house, twice.token)).status).toBe(201)
    const short = await initialToken(house, { uses: null, expiresAt: new Date(house.clock.now().getTime() + 60_000) })
    expect((await register(house, short.token)).status).toBe(201)
    house.clock.advance(61_000)
    const revoked = await initialToken(house, { uses: null })
    expect((await register(house, revoked.token)).status).toBe(201)
    await tokensOf(house).revoke(arranging, revoked.id)
    const { token: own } = await registered(house)
    const said = []
    for (const token of [twice.token, short.token, revoked.token, own, `hki_${'A'.repeat(43)}`, 'x', undefined]) {
      const { status, body } = await register(house, token)
      said.push(JSON.stringify([status, body]))
    }
    expect(new Set(said).size).toBe(1)
    expect(said[0]).toContain('401')
    expect((await tokensOf(house).list(10)).length).toBe(4)
  })

  it('stands in no table', async () => {
    const house = await openRegistration()
    const { token } = await initialToken(house)
    const { body } = await register(house, token)
    const root = await house.database.superuser()
    const secrets = [token, String(body['registration_access_token']), String(body['client_secret'])]
    for (const table of ['oidc_registration_tokens', 'oidc_clients', 'oidc_client_secrets', 'events']) {
      const { rows } = await root.query<{ text: string }>(`SELECT t::text AS text FROM ${table} t`)
      const held = rows.map(({ text }) => text).join('\n')
      expect(secrets.filter((secret) => held.includes(secret))).toEqual([])
    }
  })
})

it('where no application registers itself there is nothing to register at, and discovery names nothing', async () => {
  const house = await openHouse()
  const { token } = await initialToken(house)
  expect((await register(house, token)).status).toBe(404)
  const discovery = await (await fetch(new URL('/.well-known/openid-configuration', house.url))).json()
  expect(discovery).not.toHaveProperty('registration_endpoint')
})
