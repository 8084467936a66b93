import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { equalBytes, sha256 } from '../../lib/hash.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { isCanonicalJwt } from '../incoming/jwt-shape.ts'
import { type UsedJwts, usedJwtHash } from '../replay/used-jwts.ts'
import type { DpopNonces } from './nonces.ts'

/** Milliseconds; longer than any nonce is good for. */
const REMEMBERED = 5 * 60_000

interface Shown {
  /** The header as it came; several lines are no proof. */
  readonly proof: string | undefined
  readonly method: string
  /** Without query and fragment. */
  readonly url: string
  readonly accessToken: string
  /** `cnf.jkt` of that token. */
  readonly thumbprint: string
  /** That a proof of this client may be signed with. */
  readonly algorithms: readonly string[]
}

export type ProofFault = 'invalid_dpop_proof' | 'use_dpop_nonce'

/** Whether whoever shows a token holds the key that it is bound to (RFC 9449 §7): each proof for one request, once. */
export type AssertProof = (shown: Shown) => Promise<Result<void, ProofFault>>

interface ProofDeps {
  readonly nonces: DpopNonces
  readonly usedJwts: UsedJwts
  readonly clock: Clock
}

const claims = z.looseObject({
  jti: z.string().min(1).max(500),
  htm: z.string(),
  htu: z.string().max(2000),
  iat: z.number(),
  ath: z.string(),
  nonce: z.string().max(200).optional(),
})

export const assertingProof =
  ({ nonces, usedJwts, clock }: ProofDeps): AssertProof =>
  async ({ proof, method, url, accessToken, thumbprint, algorithms }) => {
    const read = proof === undefined || !isCanonicalJwt(proof) ? undefined : await readProof(proof, algorithms, clock)
    if (!read) return fail('invalid_dpop_proof')
    const { payload, key } = read
    const isForThis =
      payload.htm === method &&
      isSameAddress(payload.htu, url) &&
      isSame(payload.ath, sha256(accessToken).toString('base64url')) &&
      isSame(key, thumbprint)
    if (!isForThis) return fail('invalid_dpop_proof')
    if (payload.nonce === undefined || !nonces.isOurs(payload.nonce)) return fail('use_dpop_nonce')
    // Last, so that nobody uses up what is somebody else's.
    const until = new Date(clock.now().getTime() + REMEMBERED)
    return (await usedJwts.take(usedJwtHash('proof', key, payload.jti), until))
      ? ok(undefined)
      : fail('invalid_dpop_proof')
  }

async function readProof(proof: string, algorithms: readonly string[], clock: Clock) {
  try {
    const options = { algorithms: [...algorithms], typ: 'dpop+jwt', currentDate: clock.now() }
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, options)
    if (!protectedHeader.jwk) return undefined
    return { payload: claims.parse(payload), key: await calculateJwkThumbprint(protectedHeader.jwk) }
  } catch {
    return undefined
  }
}

/** RFC 9449 §4.3: without query and fragment, as URLs are normalised. */
function isSameAddress(claimed: string, url: string): boolean {
  const parsed = URL.parse(claimed)
  if (!parsed) return false
  parsed.search = ''
  parsed.hash = ''
  return parsed.href === new URL(url).href
}

const isSame = (one: string, other: string): boolean => equalBytes(Buffer.from(one), Buffer.from(other))
