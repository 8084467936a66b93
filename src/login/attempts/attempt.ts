import { sha256 } from '../../lib/hash.ts'
import type { SessionId } from '../../sessions/session.ts'
import type { UserId } from '../../users/user.ts'
import type { Passed, Progress, Proof } from '../machine/state.ts'
import type { PendingInteraction } from '../ports.ts'

/** What an attempt has proven, as it outlives a request. */
export interface Attempt {
  readonly version: number
  readonly user: UserId
  readonly proofs: readonly Proof[]
  readonly mustChangePassword: boolean
  readonly passed: Passed
  /** Where a code is waited for: until when, and how many wrong ones there were. */
  readonly challenge?: Challenge | undefined
  /** The session that it ended in; none while it is under way. */
  readonly session?: SessionId
}

export interface Challenge {
  readonly until: Date
  readonly failures: number
}

/** Which attempt: one for each interaction of the engine, and gone with it. */
export interface AttemptKey {
  readonly uidHash: Buffer
  readonly expiresAt: Date
}

/** Of its interaction, which is a credential. */
export const hashOf = (uid: string): Buffer => sha256(uid)

export const keyOf = ({ uid, expiresAt }: Pick<PendingInteraction, 'uid' | 'expiresAt'>): AttemptKey => ({
  uidHash: hashOf(uid),
  expiresAt,
})

export const progressOf = ({ user, proofs, mustChangePassword, passed }: Attempt): Progress => ({
  identity: user,
  proofs,
  mustChangePassword,
  passed,
})
export const versionAfter = (before: Attempt | undefined): number => (before?.version ?? 0) + 1
