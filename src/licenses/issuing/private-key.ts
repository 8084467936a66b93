import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { toBase64url } from '../../lib/base64url.ts'
import { errorCode } from '../../lib/error-code.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { Secret } from '../../lib/secret.ts'
import type { LicenseAlgorithm } from '../license/claims.ts'
import { type KeyFault, type VendorKey, vendorKey } from '../license/keys.ts'

const generate = promisify(generateKeyPair)

export interface SigningKey extends VendorKey {
  readonly privateKey: KeyObject
}

export type PrivateKeyFault = KeyFault | 'not-encrypted' | 'passphrase-wrong'

const signing = (privateKey: KeyObject): Result<SigningKey, KeyFault> => {
  const made = vendorKey(createPublicKey(privateKey))
  return made.ok ? ok({ ...made.value, privateKey }) : made
}

export async function makeSigningKey(algorithm: LicenseAlgorithm, bits: number): Promise<SigningKey> {
  const { privateKey } =
    algorithm === 'EdDSA' ? await generate('ed25519') : await generate('rsa', { modulusLength: bits })
  const made = signing(privateKey)
  if (!made.ok) throw new Error(`a key was made that cannot be used: ${made.error}`)
  return made.value
}

export const publicPem = ({ publicKey }: VendorKey): string =>
  publicKey.export({ format: 'pem', type: 'spki' }).toString()

/**
 * PKCS#8 as any OpenSSL opens it (PBES2: PBKDF2, AES-256-CBC). OpenSSL stretches a passphrase by no more than some
 * thousand rounds, so it is the length of the passphrase that keeps a stolen file shut.
 */
export const encryptedPem = ({ privateKey }: SigningKey, passphrase: Secret<string>): Secret<string> =>
  new Secret(
    privateKey
      .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: passphrase.reveal() })
      .toString(),
  )

export function openSigningKey(pem: Secret<string>, passphrase: Secret<string>): Result<SigningKey, PrivateKeyFault> {
  const text = pem.reveal()
  if (!text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----'))
    return fail(text.includes('PRIVATE KEY-----') ? 'not-encrypted' : 'not-a-key')
  try {
    return signing(createPrivateKey({ key: text, format: 'pem', passphrase: passphrase.reveal() }))
  } catch (error) {
    // What a wrong passphrase decrypts to is no PKCS#8: OpenSSL says either that, or that the padding is wrong.
    return fail(
      /BAD_DECRYPT|ASN1|UNSUPPORTED|DECODE|MISSING_PASSPHRASE/i.test(errorCode(error) ?? '')
        ? 'passphrase-wrong'
        : 'not-a-key',
    )
  }
}

/** RFC 7515 §7.1. */
export function signed(key: SigningKey, typ: string, claims: object): string {
  const part = (value: object) => toBase64url(Buffer.from(JSON.stringify(value)))
  const input = `${part({ alg: key.algorithm, typ, kid: key.kid })}.${part(claims)}`
  const signature = sign(key.algorithm === 'RS256' ? 'RSA-SHA256' : null, Buffer.from(input), key.privateKey)
  return `${input}.${toBase64url(signature)}`
}
