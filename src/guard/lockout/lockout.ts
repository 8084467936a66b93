import type { UserId } from '../../users/user.ts'

/** A second factor that is guessed at never locks the password, and the other way round (threat 14). */
export const pools = ['password', 'second-factor'] as const
export type Pool = (typeof pools)[number]

export interface Attempt {
  readonly pool: Pool
  /** Of what was typed, whether it leads to somebody or not. */
  readonly email: Buffer
  /** To whom it leads. */
  readonly user?: UserId | undefined
  /** What the browser carries; whether the account knows it is found out here. */
  readonly browser?: { readonly hash: Buffer } | undefined
}

/**
 * One failure, reserved before anything is judged: of many guesses at once no more are judged than the steps allow, and
 * whoever dies between reservation and verdict has failed. It goes back with `giveBack` or `completed`, or stays.
 */
export interface Ticket {
  readonly pool: Pool
  readonly id: string
  readonly identity: Buffer
  /** Empty: of all browsers that are strange to the account. */
  readonly browser: Buffer
  readonly failures: number
  /** The step that this failure reaches, if it turns out to be one. */
  readonly lockedUntil: Date | undefined
  readonly isLast: boolean
}

/** Nothing is judged until then, or until the password is reset. */
export type Pause = { readonly kind: 'locked'; readonly until: Date } | { readonly kind: 'off' }

export type Begun =
  | { readonly kind: 'go'; readonly ticket: Ticket }
  /** Neither judged nor counted; `off`, because so many failures in a row are no mistyping any more. */
  | Pause

/** After so many failures in a row, so long a pause (milliseconds); in ascending order, the last also for all that follow. */
export interface LockoutPolicy {
  readonly steps: { readonly steps: readonly { readonly failures: number; readonly lockedFor: number }[] }
  readonly offAfter: number
}
