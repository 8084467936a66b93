import type { SessionId } from '../../sessions/session.ts'
import type { UserId } from '../../users/user.ts'

/** By whom something is counted. */
export interface LimitKeys {
  /** Of what was typed, from the identities of this room: never the address. */
  readonly email?: Buffer
  readonly account?: UserId
  /** Each has a portion of its own of what is counted by account: whoever stole one uses up nobody else's. */
  readonly session?: SessionId
  readonly ip?: string
  readonly organisation?: string
  readonly apiKey?: string
  /** All together, whoever they are. */
  readonly everybody?: true
  /**
   * A browser that the account knows (`isKnown`) has a portion of its own of what is counted by e-mail and by account: a
   * stranger who uses up the other one locks nobody out.
   */
  readonly knownBrowser?: { readonly hash: Buffer } | undefined
  /** What for: each purpose has a portion of its own, or a stranger who uses up one shuts off another. */
  readonly purpose?: 'registration' | 'recovery' | 'email-change' | 'invitation' | 'second-factor'
}

export type KeyKind = Exclude<keyof LimitKeys, 'session' | 'knownBrowser' | 'purpose'>

export const ruleNames = [
  'signIn',
  'secondFactor',
  'registration',
  'recovery',
  'mail',
  'account',
  'clientAuth',
  'deviceBegin',
  'userCode',
  'clientRegistration',
  'api',
  'quota',
  'webhooks',
] as const
export type RuleName = (typeof ruleNames)[number]

export interface Allowance {
  readonly count: number
  /** Milliseconds. */
  readonly window: number
}

/** One line of a table of limits. */
export interface Limit extends Allowance {
  /** `signIn.email`, as in the configuration and in `RateLimit-Policy`. */
  readonly name: string
  readonly kind: KeyKind
  /** Of `failures` each attempt is counted first, and given back when it was none. */
  readonly counts: 'all' | 'failures'
}

export type Rules = Readonly<Record<RuleName, readonly Limit[]>>
