import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { toBase64url } from '../lib/base64url.ts'
import { sha256 } from '../lib/hash.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'

export const linkId = defineId('lnk')
export type LinkId = Id<'lnk'>

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What a link can be for, and how long it waits: the more it opens, the shorter. */
export const lifetimes = {
  registration: DAY,
  'email-verification': DAY,
  recovery: 30 * MINUTE,
  'email-change': DAY,
  'email-change-undo': 7 * DAY,
  'not-me': 7 * DAY,
  /** From the day on which it may be used: whoever issues it says until when. */
  'factor-recovery': 2 * DAY,
  'stop-factor-recovery': 30 * DAY,
} as const satisfies Record<string, number>

export type LinkPurpose = keyof typeof lifetimes

/** Flat and of texts alone: what the page has to say, what the change has to be bound to. */
export type LinkData = Readonly<Record<string, string>>

/** One that may still be followed. */
export interface OpenLink {
  readonly id: LinkId
  readonly purpose: LinkPurpose
  readonly person?: UserId
  readonly data: LinkData
  readonly issuedAt: Date
  readonly expiresAt: Date
}

export interface IssuedLink {
  readonly id: LinkId
  readonly token: Secret<string>
  readonly expiresAt: Date
}

/** 32 random bytes. What is looked up is the hash of this very text, so another spelling of the bytes finds nothing. */
const tokenShape = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

export const newToken = (): Secret<string> => new Secret(toBase64url(randomBytes(32)))

/** Undefined for what no token of ours looks like: it costs no query. */
export const hashOf = (token: string): Buffer | undefined =>
  tokenShape.safeParse(token).success ? sha256(token) : undefined
