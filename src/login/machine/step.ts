import type { Factor, SecondFactor } from '../../factors/factor.ts'
import type { Held } from '../../factors/held.ts'
import type { Demand } from '../../factors/rule.ts'
import type { UserId } from '../../users/user.ts'
import type { Progress, Proof, Refusal } from './state.ts'

/** What the server found out about what the browser sent; a browser never sends one of these. */
export type LoginInput =
  | { readonly kind: 'identified'; readonly user: UserId | undefined }
  | {
      readonly kind: 'proven'
      readonly proof: Proof
      readonly mustChangePassword?: boolean
      /** Of the first form: the browser can keep a passkey. */
      readonly isCapable?: boolean
    }
  | { readonly kind: 'disproven'; readonly factor: Factor }
  | { readonly kind: 'mailbox-proven'; readonly at: Date }
  /** In the same transaction as what the machine makes of it; whoever has added a factor has proven it. */
  | { readonly kind: 'enrolled'; readonly proof: Proof; readonly factor: SecondFactor }
  | { readonly kind: 'put-off' }
  | { readonly kind: 'backup-codes'; readonly are: 'made' | 'kept' }
  | { readonly kind: 'accepted' | 'declined' }
  | { readonly kind: 'password-changed' }

/** Read anew for every transition: what was true at the last one may not be now. */
export interface LoginFacts {
  /** Of the identity that is signing in. */
  readonly account: { readonly id: UserId; readonly status: 'active' | 'disabled' | 'locked' } | undefined
  /** What they could prove. */
  readonly held: Held
  /** What is asked for here, by all who may ask. */
  readonly demand: Demand
  /** Until when they may put off an enrolment that is asked for. */
  readonly graceUntil: Date | undefined
}

export type Taken =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'refused'; readonly why: Refusal }

/** A factor to prove or a gate to pass. */
export interface Step<N extends string> {
  readonly name: N
  /** Whether the attempt still has to pass here: asked of every step, every time. */
  isDue(progress: Progress, facts: LoginFacts): boolean
  /** What an input makes of the attempt here; undefined for an input that belongs elsewhere. */
  take(progress: Progress, input: LoginInput, facts: LoginFacts): Taken | undefined
}
