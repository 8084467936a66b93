import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const AEAD_OVERHEAD = NONCE_BYTES + TAG_BYTES

export const randomKey = (): Buffer => randomBytes(KEY_BYTES)

/** Takes the bytes over: they live on inside OpenSSL alone, and the caller's buffer is wiped. */
export function toSecretKey(bytes: Buffer): KeyObject {
  if (bytes.length !== KEY_BYTES) throw new TypeError(`an AES-256 key has ${KEY_BYTES} bytes`)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

/** nonce | ciphertext | tag. A random nonce is safe for 2^32 uses of one key (NIST SP 800-38D 8.3). */
export function encrypt(key: KeyObject, associated: Uint8Array, plaintext: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associated)
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** Nothing of the plaintext leaves before the tag has been checked; every failure is the same `undefined`. */
export function decrypt(key: KeyObject, associated: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < AEAD_OVERHEAD) return undefined
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(associated)
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  const plaintext = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))
  try {
    decipher.final()
    return plaintext
  } catch {
    plaintext.fill(0)
    return undefined
  }
}

/** Each field carries its length, so that no two lists of fields read the same (`ab`,`c` against `a`,`bc`). */
export function associatedData(...fields: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}
