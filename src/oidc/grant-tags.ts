import { decrypt, encrypt, toSecretKey } from '../keyring/seal/aead.ts'
import { fromBase64url } from '../lib/base64url.ts'
import type { Secret } from '../lib/secret.ts'

/**
 * By which grant a token stands behind the dot of its `jti`. A token that an application got itself has the hash, as all tokens of that
 * grant have: they call the person by one name anyway. One that was handed on goes to a back end where they may be called
 * otherwise, and the hash would say that the two are one. There it is sealed, another text each time.
 */
export interface GrantTags {
  own(grantHash: Buffer): string
  handedOn(grantHash: Buffer): string
  /** Undefined where there is none, or none of ours. */
  grantIn(jti: unknown): Buffer | undefined
}

const HASH_BYTES = 32
const PURPOSE = Buffer.from('the grant of a token that was handed on')

export function grantTags(secret: Secret<Buffer>): GrantTags {
  const key = toSecretKey(Buffer.from(secret.reveal()))
  return {
    own: (hash) => hash.toString('base64url'),
    handedOn: (hash) => encrypt(key, PURPOSE, hash).toString('base64url'),
    grantIn: (jti) => {
      const [, tag] = typeof jti === 'string' ? jti.split('.') : []
      const bytes = tag === undefined ? undefined : fromBase64url(tag)
      if (!bytes) return undefined
      return bytes.length === HASH_BYTES ? bytes : decrypt(key, PURPOSE, bytes)
    },
  }
}
