import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint } from 'jose'
import { Secret } from '../../lib/secret.ts'
import type { SigningAlgorithm, SigningKeyPolicy } from './signing-key.ts'

const generate = promisify(generateKeyPair)

export interface PublishedJwk extends JsonWebKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

/** A key that is ready to sign: imported once, and its public half derived from the private one. */
export interface SigningMaterial {
  /** RFC 7638: the key names itself, so no row can give it another name. */
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  /** Prints as nothing: its bytes are inside OpenSSL. */
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly publicJwk: PublishedJwk
}

export async function generateMaterial(
  policy: Pick<SigningKeyPolicy, 'algorithm' | 'modulusLength'>,
): Promise<SigningMaterial> {
  const { privateKey } = await generateFor(policy)
  return describe(privateKey, policy.algorithm)
}

const generateFor = ({ algorithm, modulusLength }: Pick<SigningKeyPolicy, 'algorithm' | 'modulusLength'>) => {
  switch (algorithm) {
    case 'RS256':
      return generate('rsa', { modulusLength })
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generate('ed25519')
  }
}

export const exportMaterial = ({ privateKey }: SigningMaterial): Secret<Buffer> =>
  new Secret(privateKey.export({ format: 'der', type: 'pkcs8' }))

/** The opened bytes are wiped. Throws for bytes that are no key, or a key of another kind than the row says. */
export async function importMaterial(pkcs8: Secret<Buffer>, algorithm: SigningAlgorithm): Promise<SigningMaterial> {
  const bytes = pkcs8.reveal()
  try {
    return await describe(createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }), algorithm)
  } finally {
    bytes.fill(0)
  }
}

async function describe(privateKey: KeyObject, algorithm: SigningAlgorithm): Promise<SigningMaterial> {
  if (!fits(privateKey, algorithm)) throw new TypeError(`not a key for ${algorithm}`)
  const publicKey = createPublicKey(privateKey)
  const jwk = publicKey.export({ format: 'jwk' })
  const kid = await calculateJwkThumbprint(jwk)
  return { kid, algorithm, privateKey, publicKey, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' } }
}

function fits({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject, algorithm: SigningAlgorithm) {
  switch (algorithm) {
    case 'RS256':
      return type === 'rsa' && (details?.modulusLength ?? 0) >= 2048
    case 'ES256':
      return type === 'ec' && details?.namedCurve === 'prime256v1'
    case 'EdDSA':
      return type === 'ed25519'
  }
}

/** Whether a key is of the kind that the configuration asks for now. */
export const satisfies = (
  { algorithm, privateKey }: SigningMaterial,
  policy: Pick<SigningKeyPolicy, 'algorithm' | 'modulusLength'>,
): boolean =>
  algorithm === policy.algorithm &&
  (algorithm !== 'RS256' || privateKey.asymmetricKeyDetails?.modulusLength === policy.modulusLength)
