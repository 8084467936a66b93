import { calculateJwkThumbprint, decodeJwt, exportJWK } from 'jose'
import * as client from 'openid-client'
import { beforeAll, expect, it, vi } from 'vitest'
import { TOKEN_EXCHANGE } from '../../src/oidc/clients/client.ts'
import { withTheFile } from '../support/when-over.ts'
import { callback } from './code-flow.ts'
import { expectAccessToken, validated } from './contract.ts'
import { bankCallback, type Estate, invoices, openEstate, payments } from './estate.ts'
import { administrator } from './house.ts'

vi.setConfig({ testTimeout: 30_000 })

const whenOver = withTheFile()
let estate: Estate
beforeAll(async () => {
  estate = await openEstate(whenOver)
}, 120_000)

/** Every check that the library has is on; plain http is for the loopback. */
const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks]
const discovered = (clientId: string, auth: client.ClientAuth, metadata: Partial<client.ClientMetadata> = {}) =>
  client.discovery(new URL(estate.issuer), clientId, metadata, auth, { execute })

async function request(more: Record<string, string>) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const asked = {
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  }
  return { asked, checks }
}

/** Signed in by a request in the address, and the code redeemed. */
async function signedIn(config: client.Configuration, more: Record<string, string>) {
  const { asked, checks } = await request({ redirect_uri: callback, ...more })
  const back = await estate.ada.signIn(client.buildAuthorizationUrl(config, asked), administrator)
  const { resource } = more
  return client.authorizationCodeGrant(config, back, checks, resource === undefined ? {} : { resource })
}

it('openid-client goes through FAPI 2.0: its key, a signed request that is pushed, and tokens bound by DPoP', async () => {
  const { clientId, key, kid } = estate.bank
  const config = await discovered(clientId, client.PrivateKeyJwt({ key, kid }))
  const pair = await client.randomDPoPKeyPair('ES256')
  const DPoP = client.getDPoPHandle(config, pair)

  const { asked, checks } = await request({
    redirect_uri: bankCallback,
    scope: 'openid profile offline_access',
    prompt: 'consent',
  })
  const signed = await client.buildAuthorizationUrlWithJAR(config, asked, { key, kid })
  const pushed = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP })
  expect([...pushed.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
  const back = await estate.ada.signIn(pushed, administrator)
  const tokens = await client.authorizationCodeGrant(config, back, checks, {}, { DPoP })
  expect(tokens.token_type).toBe('dpop')
  const sub = tokens.claims()?.sub ?? ''
  const jkt = await calculateJwkThumbprint(await exportJWK(pair.publicKey))
  expect(await expectAccessToken(tokens.access_token, { issuer: estate.issuer, clientId })).toMatchObject({
    sub,
    cnf: { jkt },
  })

  expect(await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).toMatchObject({ sub })
  await expect(client.fetchUserInfo(config, tokens.access_token, sub), 'without the key').rejects.toThrow()
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? 'none', {}, { DPoP })
  expect(decodeJwt(refreshed.access_token)['cnf']).toEqual({ jkt })
})

it('openid-client signs a device in, and posts its secret', async () => {
  const { clientId, clientSecret } = estate.web
  const config = await discovered(clientId, client.ClientSecretPost(clientSecret))
  const begun = await client.initiateDeviceAuthorization(config, { scope: 'openid profile' })
  await estate.ada.letDeviceIn(new URL(begun.verification_uri_complete ?? ''), administrator)
  // Somebody has answered already: there is nothing to wait for.
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0 })
  expect(tokens.claims()).toMatchObject({ aud: clientId, name: administrator.name })
})

it('openid-client exchanges a token on behalf of a person, and reads the signed answer about it', async () => {
  const { web, backEnd } = estate
  const config = await discovered(web.clientId, client.ClientSecretPost(web.clientSecret))
  const shown = await signedIn(config, { scope: 'openid money:read', resource: invoices })
  const acting = await discovered(backEnd.clientId, client.ClientSecretBasic(backEnd.clientSecret), {
    introspection_signed_response_alg: 'RS256',
  })
  const types: (string | null)[] = []
  acting[client.customFetch] = async (url, options) => {
    const answer = await fetch(url, { ...options, body: options.body ?? null })
    types.push(answer.headers.get('content-type'))
    return answer
  }
  const handedOn = await client.genericGrantRequest(acting, TOKEN_EXCHANGE, {
    subject_token: shown.access_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    resource: payments,
  })
  const expected = { sub: shown.claims()?.sub, scope: 'money:read', act: { sub: backEnd.clientId } }
  expect((await validated(estate.issuer, handedOn.access_token, payments)).payload).toMatchObject(expected)
  expect(await client.tokenIntrospection(acting, handedOn.access_token)).toMatchObject({ active: true, ...expected })
  expect(types, 'it would read JSON as well').toContain('application/token-introspection+jwt')
  expect(await client.tokenIntrospection(acting, 'made-up')).toEqual({ active: false })
})

it('openid-client registers itself, and people sign in to what it registered', async () => {
  const metadata = { client_name: 'Partner app', redirect_uris: [callback] }
  const config = await client.dynamicClientRegistration(new URL(estate.issuer), metadata, undefined, {
    initialAccessToken: estate.registrationToken,
    execute,
  })
  const tokens = await signedIn(config, { scope: 'openid profile' })
  expect(tokens.claims()).toMatchObject({ aud: config.clientMetadata().client_id, name: administrator.name })
})
