import * as oauth from 'oauth4webapi'
import { expect, it } from 'vitest'
import { expectAccessToken } from './contract.ts'
import { administrator, openHouse } from './house.ts'

const callback = 'http://127.0.0.1:4999/callback'
/** The issuer of this test is on loopback; every other check of the library stays on. */
const local = { [oauth.allowInsecureRequests]: true }

it('oauth4webapi completes code + PKCE as a public client and finds every answer as the standards want it', async () => {
  const { issuer, person, createClient } = await openHouse()
  const { clientId, clientSecret } = await createClient(
    ...['--name', 'Till', '--type', 'native', '--redirect-uri', callback],
  )
  expect(clientSecret, 'a public client has no secret').toBeUndefined()
  const url = new URL(issuer)
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, local))
  const client: oauth.Client = { client_id: clientId }

  const verifier = oauth.generateRandomCodeVerifier()
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const authorization = new URL(server.authorization_endpoint ?? '')
  authorization.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid profile email',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }).toString()
  const back = oauth.validateAuthResponse(server, client, await person().signIn(authorization, administrator), state)

  const grant = () => oauth.authorizationCodeGrantRequest(server, client, oauth.None(), back, callback, verifier, local)
  const answer = await grant()
  expect(answer.headers.get('cache-control')).toContain('no-store')
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  expect(claims).toMatchObject({ iss: issuer, aud: clientId, nonce, sub: expect.stringMatching(/^usr_/) })
  expect((await expectAccessToken(tokens.access_token, { issuer, clientId })).sub).toBe(claims?.sub)

  const userInfo = await oauth.userInfoRequest(server, client, tokens.access_token, local)
  expect(await oauth.processUserInfoResponse(server, client, claims?.sub ?? '', userInfo)).toMatchObject({
    email: administrator.email,
  })

  // RFC 9700 §4.5: whoever brings a code again may have stolen it, and what it gave is taken back.
  await expect(
    oauth.processAuthorizationCodeResponse(server, client, await grant(), { expectedNonce: nonce }),
  ).rejects.toMatchObject({ error: 'invalid_grant' })
}, 60_000)
