import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { toBase64url } from '../lib/base64url.ts'
import { sha256 } from '../lib/hash.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'

export const trustedBrowserId = defineId('trb')
export type TrustedBrowserId = Id<'trb'>

/** What can have been proven when a browser was trusted: it stands for that, where that counts. */
export const standsForNames = ['passkey', 'totp', 'email-code', 'backup-code'] as const
export type StandsFor = (typeof standsForNames)[number]

const part = z.string().min(1).max(40).optional()
/** What a browser says of itself, for its owner to recognise it by. */
export const deviceShape = z.strictObject({ browser: part, system: part, kind: part }).readonly()
export type Device = z.output<typeof deviceShape>

/** As its owner may see it. */
export interface TrustedBrowser {
  readonly id: TrustedBrowserId
  readonly factor: StandsFor
  readonly device: Device
  readonly ip: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
  /** Whether it is the one that asks. */
  readonly isHere: boolean
}

export type TrustEnd = 'ended-by-owner' | 'factor-changed' | 'everything-ended' | 'factors-reset' | 'expired'

/** 256 random bits. What is looked up is the hash of this very text, so another spelling of the bytes finds nothing. */
const tokenShape = /^[A-Za-z0-9_-]{43}$/

export const newToken = (): Secret<string> => new Secret(toBase64url(randomBytes(32)))
export const isToken = (text: string): boolean => tokenShape.test(text)
export const hashOf = (token: Secret<string>): Buffer => sha256(token.reveal())
