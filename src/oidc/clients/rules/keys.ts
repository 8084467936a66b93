import { createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { ACCEPTED_ALGORITHMS } from '../../incoming/jwt-shape.ts'
import type { Client } from '../client.ts'
import type { ClientFault } from '../faults.ts'
import { webAddress } from './links.ts'
import { rule } from './rule.ts'

type AcceptedAlgorithm = (typeof ACCEPTED_ALGORITHMS)[number]
type Jwk = NonNullable<Client['jwks']>['keys'][number]

/** By kind of key, among `ACCEPTED_ALGORITHMS`. */
const algorithmsOf: Readonly<Record<string, readonly AcceptedAlgorithm[]>> = {
  rsa: ['RS256', 'PS256'],
  prime256v1: ['ES256'],
  ed25519: ['EdDSA', 'Ed25519'],
}

const MOST = 20
const LARGEST = 65_536
const privateParts = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

const READS = ['authMethod', 'jwks', 'jwksUri', 'tlsSubject', 'requiresSignedRequest'] as const

/** By keys: either given, or found where the guarded outgoing client fetches them (threat 27). */
function keysFault({
  authMethod,
  jwks,
  jwksUri,
  tlsSubject,
  requiresSignedRequest,
}: Pick<Client, (typeof READS)[number]>): ClientFault | undefined {
  if (jwks !== null && jwksUri !== null) return { reason: 'keys-twice' }
  if (jwksUri !== null && !webAddress(jwksUri, { loopback: false }))
    return { reason: 'keys-uri-invalid', value: jwksUri }
  const selfSigned = authMethod === 'self_signed_tls_client_auth'
  const needsKeys = authMethod === 'private_key_jwt' || selfSigned || requiresSignedRequest
  if (needsKeys && jwks === null && jwksUri === null) return { reason: 'keys-needed' }
  if ((authMethod === 'tls_client_auth') !== (tlsSubject !== null))
    return { reason: tlsSubject === null ? 'certificate-name-needed' : 'certificate-name-idle' }
  if (tlsSubject !== null && !/^[^\p{Cc}]{1,500}$/u.test(tlsSubject)) return { reason: 'certificate-name-needed' }
  return jwks === null ? undefined : jwksFault(jwks, selfSigned)
}

export const keysRule = rule(READS, keysFault)

function jwksFault(jwks: NonNullable<Client['jwks']>, selfSigned: boolean): ClientFault | undefined {
  const { keys } = jwks
  if (keys.length === 0 || keys.length > MOST || JSON.stringify(jwks).length > LARGEST)
    return { reason: 'keys-invalid' }
  if (keys.some((jwk) => jwk.kty === 'oct' || privateParts.some((part) => part in jwk)))
    return { reason: 'keys-private' }
  const kids = keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []))
  if (new Set(kids).size < kids.length) return { reason: 'keys-invalid', value: 'one kid twice' }
  for (const [index, jwk] of keys.entries()) {
    const named = typeof jwk['kid'] === 'string' ? jwk['kid'] : `key ${index + 1}`
    const key = publicKeyOf(jwk)
    if (!key) return { reason: 'keys-invalid', value: named }
    if (selfSigned && !hasOwnCertificate(jwk, key)) return { reason: 'keys-without-certificate', value: named }
  }
  return undefined
}

/** Undefined for what is no key, not taken here, or for something else than signatures. */
function publicKeyOf(jwk: Jwk): KeyObject | undefined {
  const { alg, use, kid } = jwk
  if (use !== undefined && use !== 'sig') return undefined
  if (kid !== undefined && typeof kid !== 'string') return undefined
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
    const kind = key.asymmetricKeyType === 'ec' ? (namedCurve ?? '') : (key.asymmetricKeyType ?? '')
    const fitting = algorithmsOf[kind]
    if (!fitting || (kind === 'rsa' && modulusLength < 2048)) return undefined
    return alg === undefined || fitting.some((one) => one === alg) ? key : undefined
  } catch {
    return undefined
  }
}

function hasOwnCertificate({ x5c }: Jwk, key: KeyObject): boolean {
  const [first] = Array.isArray(x5c) ? x5c : []
  if (typeof first !== 'string') return false
  try {
    return new X509Certificate(Buffer.from(first, 'base64')).publicKey.equals(key)
  } catch {
    return false
  }
}
