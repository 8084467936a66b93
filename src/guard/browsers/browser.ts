import { randomBytes } from 'node:crypto'
import { fromBase64url, toBase64url } from '../../lib/base64url.ts'
import { sha256 } from '../../lib/hash.ts'
import { Secret } from '../../lib/secret.ts'

/** One browser, by 256 random bits that it keeps in a cookie. They say nothing of who uses it. */
export interface Browser {
  /** What a table may hold. */
  readonly hash: Buffer
  readonly token: Secret<string>
  /** It came without a cookie: no account can know it. */
  readonly isFresh: boolean
}

const BYTES = 32

/** As long as browsers let a cookie live. */
export const KEPT_DAYS = 400

const browserOf = (bytes: Buffer, isFresh: boolean): Browser => ({
  hash: sha256(bytes),
  token: new Secret(toBase64url(bytes)),
  isFresh,
})

export const newBrowser = (): Browser => browserOf(randomBytes(BYTES), true)

/** Undefined for what we never wrote. */
export function browserIn(cookie: string | undefined): Browser | undefined {
  const bytes = cookie === undefined ? undefined : fromBase64url(cookie)
  return bytes?.length === BYTES ? browserOf(bytes, false) : undefined
}
