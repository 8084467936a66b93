import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { toBase64url } from '../../lib/base64url.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { Secret } from '../../lib/secret.ts'

export const registrationTokenId = defineId('rgt')
export type RegistrationTokenId = Id<'rgt'>

/** With what an application may register itself (RFC 7591 §3: an initial access token). */
export interface RegistrationToken {
  readonly id: RegistrationTokenId
  readonly name: string
  /** Whether what is registered may speak for itself (client_credentials), with nobody who signs in. */
  readonly allowsPrograms: boolean
  readonly createdAt: Date
  readonly expiresAt: Date | null
  /** Null: as often as they like. */
  readonly usesLeft: number | null
  readonly revokedAt: Date | null
}

export const counts = ({ expiresAt, usesLeft, revokedAt }: RegistrationToken, now: Date): boolean =>
  revokedAt === null && usesLeft !== 0 && (expiresAt === null || expiresAt > now)

/** So that a scanner for leaked secrets recognises one: `hki_` makes an application, `hkr_` changes the one that has it. */
const prefixes = { initial: 'hki_', registration: 'hkr_' } as const
const shape = /^hk[ir]_[A-Za-z0-9_-]{43}$/

export interface RegistrationSecrets {
  generate(kind: keyof typeof prefixes): { readonly token: Secret<string>; readonly hash: Buffer }
  /**
   * By which an entry is changed after it was changed by this one: the same each time, so that an answer that was lost can be given
   * again and nothing that opens something is kept.
   */
  successorOf(presented: string): { readonly token: Secret<string>; readonly hash: Buffer }
  /** Undefined for what can be none of ours. */
  hashOf(presented: string): Buffer | undefined
}

/** 256 random bits under a keyed hash, like the secret of a client. */
export function registrationSecrets(key: Secret<Buffer>): RegistrationSecrets {
  const imported = createSecretKey(key.reveal())
  const hash = (text: string) => createHmac('sha256', imported).update(text, 'utf8').digest()
  const made = (kind: keyof typeof prefixes, random: Buffer) => {
    const text = prefixes[kind] + toBase64url(random)
    return { token: new Secret(text), hash: hash(text) }
  }
  return {
    generate: (kind) => made(kind, randomBytes(32)),
    // No token has a space in it: what is hashed here is none, and the hash of none is what is stored.
    successorOf: (presented) => made('registration', hash(`successor ${presented}`)),
    hashOf: (presented) => (shape.test(presented) ? hash(presented) : undefined),
  }
}
