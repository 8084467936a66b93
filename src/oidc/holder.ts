import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { sha256 } from '../lib/hash.ts'
import type { AccessTokens, ValidToken } from './access-token.ts'
import { presentedIn, refuse } from './bearer.ts'
import type { DpopNonces } from './dpop/nonces.ts'
import type { AssertProof } from './dpop/proof.ts'
import { ACCEPTED_ALGORITHMS, algorithmsOf } from './incoming/jwt-shape.ts'

/** Whoever shows a token at an endpoint of ours and may: its holder, where it is bound to a key. Otherwise the answer that says why not. */
export type HolderOf = (c: Context<HttpEnv>) => Promise<{ readonly valid: ValidToken } | { readonly refusal: Response }>

interface HolderDeps {
  readonly issuer: string
  readonly tokens: AccessTokens
  readonly nonces: DpopNonces
  readonly assertProof: AssertProof
}

/**
 * A bound token without its proof is worth nothing, and the scheme says which it is: a thief who strips the proof off and says Bearer
 * is refused as well as one who makes a proof up (RFC 9449 §7.2, RFC 8705 §3).
 */
export const holding = ({ issuer, tokens, nonces, assertProof }: HolderDeps): HolderOf => {
  const addressOf = (c: Context<HttpEnv>) => new URL(c.env.exchange.path, issuer).href
  const byProof = { scheme: 'DPoP', more: { algs: ACCEPTED_ALGORITHMS.join(' ') } } as const

  const refusedFor = async (c: Context<HttpEnv>, valid: ValidToken, token: string, isDpop: boolean) => {
    const { jkt, 'x5t#S256': certificate } = valid.claims.cnf ?? {}
    const doesNotCount = { error: 'invalid_token', error_description: DOES_NOT_COUNT }
    if (certificate !== undefined) {
      const shown = c.env.exchange.clientCertificate?.certificate.raw
      if (!shown || sha256(shown).toString('base64url') !== certificate) return refuse(c, 401, doesNotCount)
    }
    if (isDpop !== (jkt !== undefined)) return refuse(c, 401, doesNotCount, jkt === undefined ? {} : byProof)
    if (jkt === undefined) return undefined
    const { exchange } = c.env
    const proven = await assertProof({
      proof: exchange.header('dpop'),
      method: exchange.head.method,
      url: addressOf(c),
      accessToken: token,
      thumbprint: jkt,
      algorithms: algorithmsOf(valid),
    })
    if (proven.ok) return undefined
    const { error } = proven
    const how = error === 'use_dpop_nonce' ? { ...byProof, headers: { 'DPoP-Nonce': nonces.next() } } : byProof
    return refuse(c, 401, { error, error_description: SAYS[error] }, how)
  }
  return async (c) => {
    const presented = presentedIn(c)
    if (!presented) return { refusal: refuse(c, 401, undefined) }
    const valid = await tokens.verify(presented.token)
    const isDpop = presented.scheme === 'dpop'
    if (!valid) {
      const refusal = { error: 'invalid_token', error_description: DOES_NOT_COUNT }
      return { refusal: refuse(c, 401, refusal, isDpop ? byProof : {}) }
    }
    const refusal = await refusedFor(c, valid, presented.token, isDpop)
    if (refusal) return { refusal }
    if (isDpop) c.header('DPoP-Nonce', nonces.next())
    return { valid }
  }
}

const DOES_NOT_COUNT = 'the token does not count here'

const SAYS = {
  invalid_dpop_proof: 'the DPoP proof does not fit this request and this token, or was used before',
  use_dpop_nonce: 'the DPoP proof needs the nonce of this answer',
} as const
