/** The only source of time. Tests freeze it; nothing in the product calls `Date.now()` for a decision. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
