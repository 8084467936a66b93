import * as client from 'openid-client'
import type { ClientCredentials } from './hearthkey.ts'
import { Problem } from './problem.ts'

/** What the answer to a sign-in is checked against; it stays on this server. */
export type StartedSignIn = Required<Pick<client.AuthorizationCodeGrantChecks, 'expectedState' | 'expectedNonce'>> & {
  readonly pkceCodeVerifier: string
}

export interface SignedIn {
  readonly claims: client.IDToken
  readonly idToken: string
  readonly accessToken: string
  readonly userInfo: client.UserInfoResponse
}

export interface RelyingParty {
  begin(): Promise<{ readonly to: URL; readonly started: StartedSignIn }>
  finish(back: URL, started: StartedSignIn): Promise<SignedIn>
  signOut(idToken: string): URL
  /** False once the client was disabled, or given another secret, or belongs to another database. */
  isKnown(): Promise<boolean>
}

export interface Addresses {
  readonly callback: string
  readonly signedOut: string
}

export async function discover(issuer: string, { clientId, clientSecret }: ClientCredentials, addresses: Addresses) {
  const url = new URL(issuer)
  // TLS is left out on this machine alone, where there is nobody in between.
  const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const execute = isLocal ? [client.allowInsecureRequests] : []
  const config = await client.discovery(url, clientId, clientSecret, undefined, { execute })
  return relyingParty(config, addresses)
}

const relyingParty = (config: client.Configuration, { callback, signedOut }: Addresses): RelyingParty => ({
  begin: async () => {
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const started = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
    const to = client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: started.expectedState,
      nonce: started.expectedNonce,
    })
    return { to, started }
  },
  finish: async (back, started) => {
    const tokens = await client.authorizationCodeGrant(config, back, { ...started, idTokenExpected: true })
    const claims = tokens.claims()
    if (claims === undefined || tokens.id_token === undefined) throw new Error('no ID token came')
    const userInfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
    return { claims, idToken: tokens.id_token, accessToken: tokens.access_token, userInfo }
  },
  signOut: (idToken) =>
    client.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: signedOut }),
  isKnown: async () => {
    // Credentials are judged before the code is: of a code that cannot exist, `invalid_grant` says they are good.
    const attempt = { code: 'none', redirect_uri: callback, code_verifier: client.randomPKCECodeVerifier() }
    const refusal: unknown = await client
      .genericGrantRequest(config, 'authorization_code', attempt)
      .catch((error: unknown) => error)
    if (refusal instanceof client.ResponseBodyError) return refusal.error === 'invalid_grant'
    if (refusal instanceof client.WWWAuthenticateChallengeError) return false
    throw new Problem('Hearthkey does not answer as it should.', 'Look into its log.', refusal)
  },
})
