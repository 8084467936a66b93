import { sha256 } from '../../lib/hash.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { unfitForLine } from '../../lib/one-line.ts'
import type { UserId } from '../../users/user.ts'

export const passkeyId = defineId('pky')
export type PasskeyId = Id<'pky'>

/** What a page may show of one. */
export interface Passkey {
  readonly id: PasskeyId
  /** As the authenticator chose it, in base64url: what the browser is told of it. */
  readonly credentialId: string
  readonly name: string
  /** What made it, where that says so and we know the name. */
  readonly model: string | undefined
  /** It is kept in an account that copies it to other devices: now, or only that it may be. */
  readonly synced: boolean
  readonly mayBeSynced: boolean
  readonly createdAt: Date
  readonly lastUsedAt: Date | undefined
}

export type PasskeyRefusalKind =
  /** Nothing that a browser sends. */
  | 'malformed'
  /** Used before, too old, or asked by somebody else: another sign-in, another session, another purpose. */
  | 'challenge-gone'
  | 'unknown-passkey'
  /** It belongs to another person than the one who is signing in. */
  | 'someone-elses'
  /** Another origin or RP id, flags that cannot be, a signature that does not fit. */
  | 'invalid'
  /** Neither finger nor face nor PIN, where the passkey is the only factor. */
  | 'not-verified'
  /** Somebody else has used a copy of it, or this is the copy. */
  | 'counter-went-back'
  /** This authenticator has been added before. */
  | 'already-added'
  | 'too-many'
  | 'name-invalid'

export interface PasskeyRefusal {
  readonly kind: PasskeyRefusalKind
  /** In base64url, where the answer named one: the browser may be told to forget what we do not know. */
  readonly credentialId?: string
  /** Whose passkey it is, where its signature was right: not who comes. */
  readonly owner?: UserId
}

/** Nobody owns as many devices; without an end, whoever has a session could fill the table. */
export const MOST_PASSKEYS = 50

const MAX_NAME = 100
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

export function parsePasskeyName(typed: string): string | undefined {
  const name = typed.normalize('NFC').trim()
  const isFit = Array.from(name).length <= MAX_NAME && visible.test(name) && !unfitForLine.test(name)
  return isFit ? name : undefined
}

/**
 * WebAuthn §14.6.1: an authenticator gives its user handle away before anybody has proven themselves, so it says nothing of
 * the person. The same for ever, as a new one would leave a second account behind in everybody's password manager; and a
 * text of its own in front, so that it is no hash that stands anywhere else.
 */
export const userHandleOf = (user: UserId): Buffer => sha256(`hearthkey passkey user handle\n${user}`)
