import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { equalBytes } from '../../lib/hash.ts'
import type { Secret } from '../../lib/secret.ts'

/**
 * The signature of the engine's cookies, in the place of the `keygrip` that it would make of a list of keys: that one works
 * out three HMACs and draws random bytes for each look at a cookie, and a sign-in has several. Here it is one, compared
 * in constant time, and as text: a decoder ignores the spare bits of the last character, and one cookie must have one
 * signature.
 */
export class CookieSigner {
  readonly #key: KeyObject

  constructor(key: Secret<Uint8Array>) {
    this.#key = createSecretKey(key.reveal())
  }

  sign(data: string): string {
    return createHmac('sha256', this.#key).update(data).digest('base64url')
  }

  /** Which key has signed it: there is one, and -1 is none. */
  index(data: string, signature: string): 0 | -1 {
    return equalBytes(Buffer.from(this.sign(data)), Buffer.from(signature)) ? 0 : -1
  }
}
