import * as client from 'openid-client'
import { administrator, type House } from './house.ts'

export const callback = 'http://127.0.0.1:4999/callback'

interface BackWithCode {
  readonly config: client.Configuration
  readonly back: URL
  readonly verifier: string
}

/** The administrator has signed in for this client, and is back with a code that nobody has redeemed. */
export async function backWithCode(
  { issuer, person }: House,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret?: string | undefined },
): Promise<BackWithCode> {
  const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    execute: [client.allowInsecureRequests],
  })
  const verifier = client.randomPKCECodeVerifier()
  const authorization = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return { config, verifier, back: await person().signIn(authorization, administrator) }
}
