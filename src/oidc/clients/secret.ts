import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { toBase64url } from '../../lib/base64url.ts'
import { equalBytes } from '../../lib/hash.ts'
import { Secret } from '../../lib/secret.ts'

/** So that a scanner for leaked secrets recognises one. */
const PREFIX = 'hks_'

export interface ClientSecrets {
  generate(): { readonly secret: Secret<string>; readonly hash: Buffer; readonly hint: string }
  matches(hash: Buffer, given: string): boolean
}

/**
 * 256 random bits under a keyed hash: a slow hash would protect nothing more, and would cost the token endpoint its
 * speed. The key is not in the database, so that nobody who can write there can make a secret of their own.
 */
export function clientSecrets(key: Secret<Buffer>): ClientSecrets {
  // Imported once: from bytes, each look at a secret would import it anew.
  const imported = createSecretKey(key.reveal())
  const hashOf = (secret: string) => createHmac('sha256', imported).update(secret, 'utf8').digest()
  return {
    generate: () => {
      const secret = PREFIX + toBase64url(randomBytes(32))
      return { secret: new Secret(secret), hash: hashOf(secret), hint: secret.slice(-4) }
    },
    matches: (hash, given) => equalBytes(hash, hashOf(given)),
  }
}
