import { exportJWK, type JWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { callback, type House } from '../support.ts'

/** Plain http is for the loopback alone. */
export const plain = { [oauth.allowInsecureRequests]: true } as const

export async function discovered(house: Pick<House, 'issuer'>): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(house.issuer)
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, plain))
}

export interface Pair {
  readonly key: oauth.CryptoKey
  readonly kid: string
  readonly jwk: JWK
}

/** As an application makes it: what is registered is the public half. */
export async function makeKey(kid: string): Promise<Pair> {
  const { privateKey, publicKey } = await oauth.generateKeyPair('ES256', { extractable: true })
  return { key: privateKey, kid, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'ES256' } }
}

interface FlowOptions {
  readonly as: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly auth: oauth.ClientAuth
  readonly dpop?: oauth.DPoPHandle
  readonly parameters?: Record<string, string>
}

/** Pushed, signed in, redeemed: with what a client that others wrote does at each step. */
export async function pushedSignIn(house: House, { as, client, auth, dpop, parameters = {} }: FlowOptions) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const asked = {
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid profile email',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  }
  const options = { ...plain, ...(dpop && { DPoP: dpop }) }
  const pushed = await withNonce(async () => {
    const answer = await oauth.pushedAuthorizationRequest(as, client, auth, asked, options)
    return oauth.processPushedAuthorizationResponse(as, client, answer)
  })
  const url = new URL(as.authorization_endpoint ?? '')
  url.searchParams.set('client_id', client.client_id)
  url.searchParams.set('request_uri', pushed.request_uri)
  const back = oauth.validateAuthResponse(as, client, await house.browser().signIn(url), state)
  return withNonce(async () => {
    const answer = await oauth.authorizationCodeGrantRequest(as, client, auth, back, callback, verifier, options)
    return oauth.processAuthorizationCodeResponse(as, client, answer)
  })
}

/** RFC 9449 §8: asked for a nonce, a client says the same once more with it. */
export async function withNonce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return work()
  }
}

/** For a client that nobody signs in to. */
export const program = { type: 'service', redirectUris: [], postLogoutRedirectUris: [] } as const
