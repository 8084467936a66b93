import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askToken, authorization, codeFor, type House, openSharedHouse, redeem } from '../support.ts'

type Document = Record<string, unknown>

let house: House
let said: Document
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
  said = await documentAt('openid-configuration')
})
afterAll(() => house?.close())

const documentAt = async (name: string): Promise<Document> =>
  (await (await fetch(`${house.url}/.well-known/${name}`)).json()) as Document

const list = (name: string): string[] => {
  const value = said[name]
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`)
  return value.map(String)
}

const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const answer = await fetch(new URL(path, house.url), { method: 'POST', headers, body: new URLSearchParams(fields) })
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Record<string, unknown> }
}

/** Where an authorization request leads at once. */
async function asked(more: Record<string, string | undefined>, client: { id: string }) {
  const { url } = await authorization(house, { clientId: client.id, ...more })
  const answer = await house.browser().get(url)
  return `${answer.status} ${answer.headers.get('location') ?? ''} ${await answer.text()}`
}

/**
 * Each entry beside what shows that it is true. What is said and stands in no line here is the one failure of the first
 * test, so nobody switches something on, or off, without saying so.
 */
const checks: Record<string, () => unknown> = {
  issuer: () => expect(said['issuer']).toBe(house.issuer),
  authorization_endpoint: async () => expect((await fetch(String(said['authorization_endpoint']))).status).toBe(400),
  token_endpoint: async () => expect((await post('/oauth/token', {})).body['error']).toBe('invalid_request'),
  jwks_uri: async () => expect(await (await fetch(String(said['jwks_uri']))).json()).toHaveProperty('keys'),
  userinfo_endpoint: async () => expect((await fetch(String(said['userinfo_endpoint']))).status).toBe(401),
  introspection_endpoint: async () => expect((await post('/oauth/introspect', { token: 'x' })).status).toBe(400),
  revocation_endpoint: async () => expect((await post('/oauth/revoke', { token: 'x' })).status).toBe(400),
  pushed_authorization_request_endpoint: async () => expect((await post('/oauth/par', {})).status).toBe(400),
  device_authorization_endpoint: async () =>
    expect((await post(new URL(String(said['device_authorization_endpoint'])).pathname, {})).status).toBe(400),
  end_session_endpoint: async () =>
    expect((await fetch(String(said['end_session_endpoint']), { redirect: 'manual' })).status).toBe(303),
  registration_endpoint: async () =>
    expect((await post(new URL(String(said['registration_endpoint'])).pathname, {})).status).not.toBe(404),

  response_types_supported: async () => {
    expect(list('response_types_supported')).toEqual(['code'])
    const client = await house.addClient()
    for (const type of ['token', 'id_token', 'code id_token', 'none'])
      expect(await asked({ response_type: type }, client), type).toMatch(
        /error=(unsupported_response_type|invalid_request)/,
      )
  },
  response_modes_supported: async () => {
    expect(list('response_modes_supported').sort()).toEqual(['form_post', 'query'])
    const client = await house.addClient()
    const answer = (mode: string) => asked({ response_mode: mode, prompt: 'none' }, client)
    expect(await answer('query')).toMatch(/^303 https:\/\/app.example.com\/callback\?error=login_required/)
    expect(await answer('form_post')).toMatch(/^200 .*login_required/s)
    for (const mode of ['fragment', 'web_message', 'jwt', 'query.jwt'])
      expect(await answer(mode)).toMatch(/^303 https:\/\/app.example.com\/callback\?error=unsupported_response_mode/)
    for (const type of ['token', 'id_token', 'code id_token'])
      expect(await asked({ response_type: type }, client), type).toMatch(
        /^303 https:\/\/app.example.com\/callback\?error=/,
      )
    const pushed = await post('/oauth/par', {
      ...Object.fromEntries((await authorization(house, { clientId: client.id })).url.searchParams),
      client_secret: client.secret ?? '',
      response_mode: 'fragment',
    })
    expect([pushed.status, pushed.body['error']]).toEqual([400, 'unsupported_response_mode'])
  },
  grant_types_supported: async () => {
    const client = await house.addClient()
    for (const type of list('grant_types_supported')) {
      const { body } = await askToken(house, client, { grant_type: type })
      expect(body['error'], type).not.toBe('unsupported_grant_type')
    }
    for (const type of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer'])
      expect((await askToken(house, client, { grant_type: type })).body['error']).toBe('unsupported_grant_type')
  },
  code_challenge_methods_supported: async () => {
    expect(list('code_challenge_methods_supported')).toEqual(['S256'])
    const client = await house.addClient()
    expect(await asked({ code_challenge_method: 'plain' }, client)).toContain('error=invalid_request')
  },
  token_endpoint_auth_methods_supported: async () => {
    expect(list('token_endpoint_auth_methods_supported').sort()).toEqual([
      'client_secret_basic',
      'client_secret_post',
      'none',
      'private_key_jwt',
    ])
  },
  introspection_endpoint_auth_methods_supported: () =>
    expect(said['introspection_endpoint_auth_methods_supported']).toEqual(
      said['token_endpoint_auth_methods_supported'],
    ),
  revocation_endpoint_auth_methods_supported: () =>
    expect(said['revocation_endpoint_auth_methods_supported']).toEqual(said['token_endpoint_auth_methods_supported']),
  token_endpoint_auth_signing_alg_values_supported: () =>
    asymmetric('token_endpoint_auth_signing_alg_values_supported'),
  introspection_endpoint_auth_signing_alg_values_supported: () =>
    asymmetric('introspection_endpoint_auth_signing_alg_values_supported'),
  revocation_endpoint_auth_signing_alg_values_supported: () =>
    asymmetric('revocation_endpoint_auth_signing_alg_values_supported'),
  request_object_signing_alg_values_supported: () => asymmetric('request_object_signing_alg_values_supported'),
  dpop_signing_alg_values_supported: () => asymmetric('dpop_signing_alg_values_supported'),
  id_token_signing_alg_values_supported: async () => {
    const client = await house.addClient()
    const { body } = await redeem(house, client, await codeFor(house, client))
    expect(list('id_token_signing_alg_values_supported')).toEqual([decodeProtectedHeader(body['id_token'] ?? '').alg])
  },
  introspection_signing_alg_values_supported: () =>
    expect(said['introspection_signing_alg_values_supported']).toEqual(said['id_token_signing_alg_values_supported']),
  request_parameter_supported: async () => {
    expect(said['request_parameter_supported']).toBe(true)
    expect(await asked({ request: 'x.y.z' }, await house.addClient())).toContain('invalid_request_object')
  },
  request_uri_parameter_supported: async () => {
    expect(said['request_uri_parameter_supported']).toBe(false)
    const client = await house.addClient()
    expect(await asked({ request_uri: 'https://app.example.com/request' }, client)).toContain(
      'request_uri_not_supported',
    )
  },
  claims_parameter_supported: async () => {
    expect(said['claims_parameter_supported']).toBe(true)
    expect(await asked({ claims: '{' }, await house.addClient())).toContain('error=invalid_request')
  },
  claims_supported: async () => {
    const client = await house.addClient()
    const { body } = await redeem(house, client, await codeFor(house, client))
    const seen = Object.keys(decodeJwt(body['id_token'] ?? ''))
    expect(
      seen.filter((name) => !technical.includes(name)).filter((name) => !list('claims_supported').includes(name)),
    ).toEqual([])
  },
  scopes_supported: () =>
    expect(list('scopes_supported').sort()).toEqual(['email', 'offline_access', 'openid', 'profile']),
  subject_types_supported: () => expect(list('subject_types_supported').sort()).toEqual(['pairwise', 'public']),
  acr_values_supported: () => expect(list('acr_values_supported')).toEqual(['aal1', 'mfa', 'aal2', 'phr']),
  prompt_values_supported: async () => {
    const client = await house.addClient()
    for (const prompt of list('prompt_values_supported'))
      expect(await asked({ prompt }, client), prompt).not.toContain('error=invalid_request')
    for (const prompt of ['create', 'select_account'])
      expect(await asked({ prompt }, client), prompt).toContain('error=invalid_request')
  },
  authorization_response_iss_parameter_supported: async () => {
    expect(said['authorization_response_iss_parameter_supported']).toBe(true)
    const client = await house.addClient()
    expect(await asked({ prompt: 'none' }, client)).toContain(`iss=${encodeURIComponent(house.issuer)}`)
  },
  claim_types_supported: () => expect(list('claim_types_supported')).toEqual(['normal']),
  ui_locales_supported: () => expect(list('ui_locales_supported')).toEqual(['en', 'de']),
  backchannel_logout_supported: () => expect(said['backchannel_logout_supported']).toBe(true),
  backchannel_logout_session_supported: () => expect(said['backchannel_logout_session_supported']).toBe(true),
}

/** Of the token itself, not of the person. */
const technical = ['aud', 'exp', 'iat', 'nonce', 'at_hash']

function asymmetric(name: string): void {
  expect(list(name).sort()).toEqual(['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'])
}

describe('the discovery document', () => {
  it('says nothing that is not looked at here', () => {
    expect(Object.keys(said).filter((name) => !(name in checks))).toEqual([])
  })

  it('says the same to whoever knows OAuth alone (RFC 8414)', async () => {
    expect(await documentAt('oauth-authorization-server')).toEqual(said)
  })

  for (const [name, check] of Object.entries(checks))
    it(`${name} is what works`, async () => {
      // Said where it is switched on, and not where it is not.
      if (name in said) await check()
      else expect(name).toBe('registration_endpoint')
    })
})
