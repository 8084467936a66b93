import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { LicenseAlgorithm } from './claims.ts'

/** A vendor's key that was put here by hand. */
export interface VendorKey {
  readonly kid: string
  readonly algorithm: LicenseAlgorithm
  readonly publicKey: KeyObject
  readonly publicJwk: JsonWebKey & { readonly kid: string; readonly alg: LicenseAlgorithm; readonly use: 'sig' }
}

/** By their `kid`. */
export type TrustedKeys = ReadonlyMap<string, VendorKey>

export type KeyFault = 'not-a-key' | 'private-key' | 'key-unfit'

const SHORTEST_RSA = 2048

/** The name of a key is its thumbprint (RFC 7638): nobody else can give it another, or another key its name. */
function thumbprint({ kty, crv, e, n, x }: JsonWebKey): string {
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): LicenseAlgorithm | undefined {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA'
  const isLong = (asymmetricKeyDetails?.modulusLength ?? 0) >= SHORTEST_RSA
  return asymmetricKeyType === 'rsa' && isLong ? 'RS256' : undefined
}

export function vendorKey(publicKey: KeyObject): Result<VendorKey, KeyFault> {
  const algorithm = algorithmOf(publicKey)
  if (!algorithm) return fail('key-unfit')
  const jwk = publicKey.export({ format: 'jwk' })
  const kid = thumbprint(jwk)
  return ok({ kid, algorithm, publicKey, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' } })
}

const imported = (input: Parameters<typeof createPublicKey>[0]): Result<VendorKey, KeyFault> => {
  try {
    return vendorKey(createPublicKey(input))
  } catch {
    return fail('not-a-key')
  }
}

/**
 * Node makes a public key of a private one without a word; a private key has no business where licences are checked. Of
 * a file with several keys Node reads the first alone: here it is all of them or none.
 */
export function keysFromPem(text: string): Result<readonly VendorKey[], KeyFault> {
  if (text.includes('PRIVATE KEY-----')) return fail('private-key')
  const blocks = text.match(/-----BEGIN [^-]+-----[^-]*-----END [^-]+-----/g) ?? []
  return allOf(blocks.map(imported))
}

/** All of them or none: a key that is silently left out is looked for on the day it is needed. */
function allOf(read: readonly Result<VendorKey, KeyFault>[]): Result<readonly VendorKey[], KeyFault> {
  const keys: VendorKey[] = []
  for (const key of read) {
    if (!key.ok) return key
    keys.push(key.value)
  }
  return keys.length > 0 ? ok(keys) : fail('not-a-key')
}

const jwk = z.looseObject({
  kty: z.string(),
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
})
const jwks = z.object({ keys: z.array(jwk).min(1).max(100) })

/** RFC 7517 §5. */
export function keysFromJwks(text: string): Result<readonly VendorKey[], KeyFault> {
  const set = jwks.safeParse(parsed(text))
  if (!set.success) return fail('not-a-key')
  return allOf(
    set.data.keys.map(({ kty, n, e, crv, x, ...rest }) => {
      if ('d' in rest || 'k' in rest) return fail('private-key')
      const members = { kty, ...(kty === 'RSA' ? { n, e } : { crv, x }) }
      return imported({ key: Object.fromEntries(Object.entries(members)), format: 'jwk' })
    }),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const trusting = (keys: readonly VendorKey[]): TrustedKeys => new Map(keys.map((key) => [key.kid, key]))
