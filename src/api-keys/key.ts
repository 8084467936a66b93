import { defineId, type Id } from '../lib/ids.ts'
import { unfitForLine } from '../lib/one-line.ts'
import type { PermissionSet } from './ports.ts'

export const keyId = defineId('key')
export type KeyId = Id<'key'>
/** A person, or a program. */
export type OwnerId = Id<'usr'> | Id<'sva'>

export type RevocationCause = 'revoked' | 'leaked' | 'owner-ended'

/** What can be known of a key; the key itself is known to whoever it was shown to. */
export interface ApiKey {
  readonly id: KeyId
  readonly organisation: Id<'org'>
  readonly owner: OwnerId
  readonly name: string
  /** Its last characters. */
  readonly hint: string
  readonly permissions: PermissionSet
  /** Empty: from anywhere. */
  readonly ipRanges: readonly string[]
  /** Requests a minute; null is the instance's setting. */
  readonly quota: number | null
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly replaces: KeyId | null
  readonly revokedAt: Date | null
  readonly revokedBecause: RevocationCause | null
}

export type KeyState = 'active' | 'expired' | 'revoked'

export function stateOf({ revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: Date): KeyState {
  if (revokedAt) return 'revoked'
  return expiresAt && expiresAt <= now ? 'expired' : 'active'
}

/** One line that a person can read aloud. */
export const isName = (text: string): boolean =>
  text.length > 0 && text.length <= 100 && text.trim() === text && !unfitForLine.test(text)
