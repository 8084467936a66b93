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

/** What came of a count. */
export interface Counted {
  /** What each is afterwards, in the order of the changes. */
  readonly numbers: readonly number[]
  /** Where it was counted, or nowhere: another store knows nothing of it, and would let that many more through. */
  giveBack(change: Change): Promise<void>
}

/** Adds to counters, and may do more in the same statement. */
export type Add = (changes: readonly CappedChange[]) => Promise<Counted>

/** Numbers by key, shared by all instances. Each is added to atomically, and gone some time after nobody asks for it. */
export interface Counters {
  /** No key stands there twice. */
  add(changes: readonly Change[]): Promise<Counted>
  read(key: string): Promise<number>
}

/** The limiter would refuse by a number of its own; ours depends on the rule and on the window before. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER

export const limiterOptions = { points: UNBOUNDED, duration: 60 } as const

/** How the limiter is used here: as a counter. */
export function countersOf(limiter: RateLimiterStoreAbstract): Counters {
  const change = async ({ key, seconds }: Change, amount: number) =>
    (await limiter.penalty(key, amount, { customDuration: seconds })).consumedPoints
  const giveBack = async (counted: Change) => {
    const left = await change(counted, -counted.amount)
    // The store has forgotten what was counted there, as after a restart: nobody gains by that.
    if (left < 0) await change(counted, Math.min(counted.amount, -left))
  }
  return {
    add: async (changes) => ({ numbers: await Promise.all(changes.map((one) => change(one, one.amount))), giveBack }),
    read: async (key) => (await limiter.get(key))?.consumedPoints ?? 0,
  }
}
