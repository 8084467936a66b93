import type { RateLimiterStoreAbstract } from 'rate-limiter-flexible'

export interface Change {
  readonly key: string
  readonly amount: number
  /** How long it is kept. */
  readonly seconds: number
}

/** Beside it, up to which number it fits whatever the window before holds: beyond, it has to be looked at. */
export interface CappedChange extends Change {
  readonly surely: number
}

/** Adds to counters, and may do more in the same statement. */
export type Add = (changes: readonly CappedChange[]) => Promise<readonly number[]>

/** Numbers by key, shared by all instances. Each is added to atomically, and gone some time after nobody asks for it. */
export interface Counters {
  /** What each is afterwards, in the order of the changes; no key stands there twice. */
  add(changes: readonly Change[]): Promise<readonly number[]>
  read(key: string): Promise<number>
}

/** The limiter would refuse by a number of its own; ours depends on the rule and on the window before. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER

export const limiterOptions = { points: UNBOUNDED, duration: 60 } as const

/** How the limiter is used here: as a counter. */
export const countersOf = (limiter: RateLimiterStoreAbstract): Counters => ({
  add: (changes) =>
    Promise.all(
      changes.map(
        async ({ key, amount, seconds }) =>
          (await limiter.penalty(key, amount, { customDuration: seconds })).consumedPoints,
      ),
    ),
  read: async (key) => (await limiter.get(key))?.consumedPoints ?? 0,
})
