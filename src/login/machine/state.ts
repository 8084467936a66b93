import type { UserId } from '../../users/user.ts'
import type { Factor } from './factors.ts'

/** A factor that was verified here, of whom, and when. */
export interface Proof {
  readonly factor: Factor
  readonly user: UserId
  readonly at: Date
}

/** `nobody`: the e-mail led to no account. It goes the same way as any other, and never arrives. */
export type Identity = UserId | 'nobody'

/** What a sign-in has so far. It stays with the server: the browser holds the name of the attempt and nothing of it. */
export interface Progress {
  readonly identity?: Identity
  /** Of that identity, all of them: another identity starts without any. */
  readonly proofs: readonly Proof[]
  /** The password that was proven is known to everybody who guesses: another has to take its place first. */
  readonly mustChangePassword?: boolean
}

export interface Completed {
  readonly user: UserId
  readonly proofs: readonly [Proof, ...Proof[]]
}

/** `N` are the names of the steps. */
export type LoginState<N extends string> =
  | { readonly kind: 'waiting'; readonly step: N; readonly progress: Progress }
  | { readonly kind: 'done'; readonly completed: Completed }
  | { readonly kind: 'refused'; readonly why: Refusal }

/** For the log of events alone: the page says the same for each of them (threat: enumeration). */
export type Refusal = 'unknown' | 'disabled' | 'locked' | 'mismatch'

export const nothingYet: Progress = { proofs: [] }
