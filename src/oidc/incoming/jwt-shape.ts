import { decodeProtectedHeader } from 'jose'
import { fromBase64url } from '../../lib/base64url.ts'
import type { Client } from '../clients/client.ts'

/** What a signature is made with, wherever a JWT comes in: never `none`, and never a secret that two know. */
export const ACCEPTED_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const

/** FAPI 2.0 Security Profile §5.4.1: not with the padding of PKCS #1 v1.5. */
export const algorithmsOf = ({ profile }: Pick<Client, 'profile'>): readonly string[] =>
  profile === 'fapi2' ? ACCEPTED_ALGORITHMS.filter((algorithm) => algorithm !== 'RS256') : ACCEPTED_ALGORITHMS

/** The last character of each part has spare bits that decoders ignore: only one spelling of a JWT is one (threat 8). */
export const isCanonicalJwt = (text: string): boolean => {
  const parts = text.split('.')
  return parts.length === 3 && parts.every((part) => fromBase64url(part) !== undefined)
}

/**
 * What says that it is something else is refused, so that no kind of JWT ever stands for another (RFC 8725 §3.11). One that says
 * nothing, or what every JWT may say, is told apart by its claims.
 */
export const isOfType = (typ: unknown, own: string | undefined): boolean => {
  if (typ === undefined) return true
  if (typeof typ !== 'string') return false
  const said = typ.toLowerCase().replace(/^application\//, '')
  return said === 'jwt' || said === own
}

export function typOf(jwt: string): unknown {
  return decodeProtectedHeader(jwt).typ
}

export function algorithmOf(jwt: string): string | undefined {
  try {
    return decodeProtectedHeader(jwt).alg
  } catch {
    return undefined
  }
}
