import type { License } from './claims.ts'
import type { Unreadable } from './token.ts'

/** Where a licence stands at one moment. Whoever asks has one of these to answer for, and the compiler counts them. */
export type Standing =
  | { readonly state: 'valid'; readonly license: License }
  /** It counts; it ends soon. */
  | { readonly state: 'expiring'; readonly license: License }
  /** It has ended, and counts until its days of grace are over. */
  | { readonly state: 'grace'; readonly license: License; readonly until: Date }
  | { readonly state: 'expired'; readonly license: License }
  | { readonly state: 'not-yet-valid'; readonly license: License }
  | { readonly state: 'wrong-instance'; readonly license: License }
  | { readonly state: 'wrong-product'; readonly license: License }
  | { readonly state: 'revoked'; readonly license: License }
  | { readonly state: 'unreadable'; readonly reason: Unreadable | 'tampered' }

export type Counting = Extract<Standing, { readonly state: 'valid' | 'expiring' | 'grace' }>

/** Whether what it allows is allowed. */
export const counts = (standing: Standing): standing is Counting =>
  standing.state === 'valid' || standing.state === 'expiring' || standing.state === 'grace'
