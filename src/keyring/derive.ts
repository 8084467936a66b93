import { hkdfSync, type KeyObject } from 'node:crypto'
import { Secret } from '../lib/secret.ts'

/**
 * For secrets that nobody chooses and nothing stores: the key of a cookie's signature, of a client secret's hash. The
 * root is the index key, which is never rotated, so what was made with them stays good.
 */
export const deriveSecret = (root: KeyObject, purpose: string): Secret<Buffer> =>
  new Secret(Buffer.from(hkdfSync('sha256', root, '', `hearthkey derived secret v1 ${purpose}`, 32)))
