import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { fillRandomly } from '../../lib/random-bytes.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const AEAD_OVERHEAD = NONCE_BYTES + TAG_BYTES
const NO_HEADER: Uint8Array = new Uint8Array()

export const randomKey = (): Buffer => randomBytes(KEY_BYTES)

/** Takes the bytes over: they live on inside OpenSSL alone, and the caller's buffer is wiped. */
export function toSecretKey(bytes: Buffer): KeyObject {
  if (bytes.length !== KEY_BYTES) throw new TypeError(`an AES-256 key has ${KEY_BYTES} bytes`)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

/** `header`, as it is, and nonce | ciphertext | tag. A random nonce is safe for 2^32 uses of one key (NIST SP 800-38D 8.3). */
export function encrypt(key: KeyObject, associated: Uint8Array, plaintext: Uint8Array, header = NO_HEADER): Buffer {
  const nonce = Buffer.allocUnsafe(NONCE_BYTES)
  fillRandomly(nonce)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associated)
  // In this mode all comes out at once, and nothing is left for the end but the tag.
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()])
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

const LENGTH_BYTES = 4

/** Each field carries its length, so that no two lists of fields read the same (`ab`,`c` against `a`,`bc`). */
export function associatedData(...fields: readonly (string | Uint8Array)[]): Buffer {
  const sizes = fields.map((field) => (typeof field === 'string' ? Buffer.byteLength(field, 'utf8') : field.length))
  const all = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + LENGTH_BYTES + size, 0))
  let at = 0
  for (const [nth, field] of fields.entries()) {
    const size = sizes[nth] ?? 0
    at = all.writeUInt32BE(size, at)
    if (typeof field === 'string') all.write(field, at, 'utf8')
    else all.set(field, at)
    at += size
  }
  return all
}
