import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { toBase64url } from '../lib/base64url.ts'
import { sha256 } from '../lib/hash.ts'
import { defineId, type Id } from '../lib/ids.ts'

export const setupLinkId = defineId('sul')
export type SetupLinkId = Id<'sul'>

export const LIFETIME_MS = 24 * 60 * 60 * 1000

export interface SetupLink {
  /** Whoever opens it becomes the administrator: shown to whoever holds the host, and kept by nobody. */
  readonly url: string
  readonly expiresAt: Date
}

/** In the query, which no log of ours and no referrer to another site ever holds; a path stands in every access log. */
export const SETUP_PATH = '/setup'
export const DONE_PATH = '/setup/done'
export const pathWith = (token: SetupToken): `/${string}` => `${SETUP_PATH}?token=${token}`

/** 32 random bytes. What is looked up is the hash of this very text, so another spelling of the bytes finds nothing. */
export const setupToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .brand('SetupToken')
export type SetupToken = z.infer<typeof setupToken>

export const newToken = (): SetupToken => setupToken.parse(toBase64url(randomBytes(32)))
export const hashOf = (token: SetupToken): Buffer => sha256(token)
