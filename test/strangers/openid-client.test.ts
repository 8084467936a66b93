import * as client from 'openid-client'
import { expect, it } from 'vitest'
import { expectAccessToken } from './contract.ts'
import { administrator, openHouse } from './house.ts'

const callback = 'http://127.0.0.1:4999/callback'
const signedOut = 'http://127.0.0.1:4999/signed-out'

it('openid-client completes code + PKCE, reads userinfo, refreshes, and signs out', async () => {
  const { issuer, person, createClient } = await openHouse()
  const { clientId, clientSecret } = await createClient(
    ...['--name', 'Invoices', '--redirect-uri', callback, '--post-logout-redirect-uri', signedOut],
  )
  const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    execute: [client.allowInsecureRequests],
  })
  client.enableNonRepudiationChecks(config)

  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const authorization = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  })
  const ada = person()
  const back = await ada.signIn(authorization, administrator)
  expect(`${back.origin}${back.pathname}`).toBe(callback)

  const tokens = await client.authorizationCodeGrant(config, back, checks)
  const claims = tokens.claims()
  expect(claims).toMatchObject({ iss: issuer, aud: clientId, sub: expect.stringMatching(/^usr_/), acr: 'aal1' })
  const payload = await expectAccessToken(tokens.access_token, { issuer, clientId })
  expect(payload.sub).toBe(claims?.sub)
  expect(await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')).toMatchObject({
    sub: claims?.sub,
    name: administrator.name,
    email: administrator.email,
    // A set-up link proves who holds the host: nobody has proven yet who reads that mailbox.
    email_verified: false,
  })

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? 'none was offered')
  expect((await expectAccessToken(refreshed.access_token, { issuer, clientId })).sub).toBe(claims?.sub)

  const leaving = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: signedOut,
    state: 'bye',
  })
  const left = await ada.send(await ada.visit(leaving), 'logout')
  expect(`${left.url}`).toBe(`${signedOut}?state=bye`)
  await expect(
    client.refreshTokenGrant(config, refreshed.refresh_token ?? 'none was offered'),
    'a refresh token ends with its session',
  ).rejects.toMatchObject({ error: 'invalid_grant' })
}, 60_000)
