import { calculateJwkThumbprint, exportJWK } from 'jose'
import * as oauth from 'oauth4webapi'
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
let server: oauth.AuthorizationServer
beforeAll(async () => {
  estate = await openEstate(whenOver)
  const url = new URL(estate.issuer)
  server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, local))
}, 120_000)

/** The issuer of this test is on loopback; every other check of the library stays on. */
const local = { [oauth.allowInsecureRequests]: true } as const

interface Asker {
  readonly client: oauth.Client
  readonly auth: oauth.ClientAuth
}

async function request(client: oauth.Client, more: Record<string, string>) {
  const verifier = oauth.generateRandomCodeVerifier()
  const asked = new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: callback,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    ...more,
  })
  return { asked, verifier }
}

const addressed = (asked: URLSearchParams | Record<string, string>): URL => {
  const url = new URL(server.authorization_endpoint ?? '')
  url.search = new URLSearchParams(asked).toString()
  return url
}

/** Signed in by a request in the address, and the code redeemed. */
async function signedIn({ client, auth }: Asker, more: Record<string, string>) {
  const { asked, verifier } = await request(client, more)
  const back = await estate.ada.signIn(addressed(asked), administrator)
  const code = oauth.validateAuthResponse(server, client, back, asked.get('state') ?? '')
  const { resource } = more
  const options = resource === undefined ? local : { ...local, additionalParameters: { resource } }
  const answer = await oauth.authorizationCodeGrantRequest(server, client, auth, code, callback, verifier, options)
  const expectedNonce = asked.get('nonce') ?? ''
  return oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce, requireIdToken: true })
}

/** RFC 9449 §8: asked for a nonce, a client says the same once more with it. */
const withNonce = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error) => (oauth.isDPoPNonceError(error) ? work() : Promise.reject(error)))

it('oauth4webapi goes through FAPI 2.0: its key, a signed request that is pushed, and tokens bound by DPoP', async () => {
  const { clientId, key, kid } = estate.bank
  const client: oauth.Client = { client_id: clientId }
  const auth = oauth.PrivateKeyJwt({ key, kid })
  const pair = await oauth.generateKeyPair('ES256')
  const bound = { ...local, DPoP: oauth.DPoP(client, pair) }

  const { asked, verifier } = await request(client, { redirect_uri: bankCallback, scope: 'openid profile' })
  const { request_uri } = await withNonce(async () => {
    const signed = { request: await oauth.issueRequestObject(server, client, asked, { key, kid }) }
    const answer = await oauth.pushedAuthorizationRequest(server, client, auth, signed, bound)
    return oauth.processPushedAuthorizationResponse(server, client, answer)
  })
  const back = await estate.ada.signIn(addressed({ client_id: clientId, request_uri }), administrator)
  const code = oauth.validateAuthResponse(server, client, back, asked.get('state') ?? '')
  const answer = await withNonce(() =>
    oauth.authorizationCodeGrantRequest(server, client, auth, code, bankCallback, verifier, bound),
  )
  const expectedNonce = asked.get('nonce') ?? ''
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce })
  await oauth.validateApplicationLevelSignature(server, answer, local)
  const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
  const jkt = await calculateJwkThumbprint(await exportJWK(pair.publicKey))
  expect(await expectAccessToken(tokens.access_token, { issuer: estate.issuer, clientId })).toMatchObject({
    sub,
    cnf: { jkt },
  })

  const told = await withNonce(async () => {
    const shown = await oauth.userInfoRequest(server, client, tokens.access_token, bound)
    return oauth.processUserInfoResponse(server, client, sub, shown)
  })
  expect(told).toMatchObject({ sub, name: administrator.name })
  const stolen = await oauth.userInfoRequest(server, client, tokens.access_token, local)
  await expect(oauth.processUserInfoResponse(server, client, sub, stolen), 'without the key').rejects.toThrow()
})

it('oauth4webapi signs a device in, and posts its secret', async () => {
  const client: oauth.Client = { client_id: estate.web.clientId }
  const auth = oauth.ClientSecretPost(estate.web.clientSecret)
  const asked = await oauth.deviceAuthorizationRequest(server, client, auth, { scope: 'openid profile' }, local)
  const begun = await oauth.processDeviceAuthorizationResponse(server, client, asked)
  const ask = async () => {
    const answer = await oauth.deviceCodeGrantRequest(server, client, auth, begun.device_code, local)
    return oauth.processDeviceCodeResponse(server, client, answer)
  }
  await expect(ask()).rejects.toMatchObject({ error: 'authorization_pending' })
  await estate.ada.letDeviceIn(new URL(begun.verification_uri_complete ?? ''), administrator)
  expect(oauth.getValidatedIdTokenClaims(await ask())).toMatchObject({ name: administrator.name })
})

it('oauth4webapi exchanges a token on behalf of a person, and reads the signed answer about it', async () => {
  const { issuer, web, backEnd } = estate
  const asWeb = { client: { client_id: web.clientId }, auth: oauth.ClientSecretPost(web.clientSecret) }
  const shown = await signedIn(asWeb, { scope: 'openid money:read', resource: invoices })

  const client: oauth.Client = { client_id: backEnd.clientId, introspection_signed_response_alg: 'RS256' }
  const auth = oauth.ClientSecretBasic(backEnd.clientSecret)
  const parameters = {
    subject_token: shown.access_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    resource: payments,
  }
  const answer = await oauth.genericTokenEndpointRequest(server, client, auth, TOKEN_EXCHANGE, parameters, local)
  const { access_token } = await oauth.processGenericTokenEndpointResponse(server, client, answer)
  const expected = {
    sub: oauth.getValidatedIdTokenClaims(shown)?.sub,
    scope: 'money:read',
    act: { sub: backEnd.clientId },
  }
  expect((await validated(issuer, access_token, payments)).payload).toMatchObject(expected)

  const introspected = async (token: string) => {
    const said = await oauth.introspectionRequest(server, client, auth, token, local)
    const found = await oauth.processIntrospectionResponse(server, client, said)
    await oauth.validateApplicationLevelSignature(server, said, local)
    return found
  }
  expect(await introspected(access_token)).toMatchObject({ active: true, ...expected })
  expect(await introspected('made-up')).toEqual({ active: false })
})

it('oauth4webapi registers itself, and people sign in to what it registered', async () => {
  const asked = { client_name: 'Partner app', redirect_uris: [callback] }
  const answer = await oauth.dynamicClientRegistrationRequest(server, asked, {
    initialAccessToken: estate.registrationToken,
    ...local,
  })
  const client = await oauth.processDynamicClientRegistrationResponse(answer)
  const auth = oauth.ClientSecretBasic(`${client['client_secret']}`)
  const tokens = await signedIn({ client, auth }, { scope: 'openid profile' })
  expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({
    aud: client.client_id,
    name: administrator.name,
  })
})
