import type { Proof as Proven, SecondFactor } from '../../factors/factor.ts'
import type { SessionId } from '../../sessions/session.ts'
import type { UserId } from '../../users/user.ts'

/** A factor that was verified, of whom, and when. */
export type Proof = Proven & { readonly user: UserId }

/** `nobody`: the e-mail led to no account. It goes the same way as any other, and never arrives. */
export type Identity = UserId | 'nobody'

/** Gates that this attempt is through, and what it will do when it arrives. */
export interface Passed {
  /** It goes on from what a session of this browser had proven. */
  readonly from?: SessionId
  /** When that one was signed in to: a second factor alone is no new sign-in. */
  readonly since?: Date
  /** That letters to this person reach whoever sits here. */
  readonly mailbox?: Date
  /** The enrolment that a rule asks for, while there is time. */
  readonly putOff?: true
  /** A factor that this attempt has added. */
  readonly enrolled?: SecondFactor
  readonly backupCodes?: 'made' | 'kept'
  /** The browser may have a passkey of its own, and the person has none. */
  readonly offer?: 'passkey' | 'accepted' | 'declined'
  /** This browser is to skip the second factor from now on; by which one it earned that. */
  readonly trust?: SecondFactor
}

/** What a sign-in has so far. It stays with the server: the browser holds the name of the attempt and nothing of it. */
export interface Progress {
  readonly identity?: Identity
  /** Of that identity, all of them: another identity starts without any. */
  readonly proofs: readonly Proof[]
  /** The password that was proven is known to everybody who guesses: another has to take its place first. */
  readonly mustChangePassword?: boolean
  readonly passed?: Passed
}

export interface Completed {
  readonly user: UserId
  readonly proofs: readonly [Proof, ...Proof[]]
  readonly passed: Passed
}

/** `N` are the names of the steps. */
export type LoginState<N extends string> =
  | { readonly kind: 'waiting'; readonly step: N; readonly progress: Progress }
  | { readonly kind: 'done'; readonly completed: Completed }
  | { readonly kind: 'refused'; readonly why: Refusal }

/** For the log of events alone: the page says the same for each of them (threat: enumeration). */
export type Refusal = 'unknown' | 'disabled' | 'locked' | 'mismatch'

export const nothingYet: Progress = { proofs: [] }
