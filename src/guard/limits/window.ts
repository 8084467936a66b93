import type { Allowance } from './rule.ts'

/**
 * A sliding window out of two fixed ones: what the last one let through weighs by how much of it the sliding window still
 * covers, as if it had come evenly. So there is no double portion around the moment in which a window ends; the price is
 * that whoever used theirs up in a burst waits a little longer than the oldest of it demands. All in whole numbers: a
 * millisecond sooner or later than announced would be a lie.
 */
export interface Place {
  /** Its number since 1970. */
  readonly window: number
  /** Milliseconds of it that are still to come. */
  readonly rest: number
}

export function placeAt(now: Date, { window }: Allowance): Place {
  const elapsed = now.getTime() % window
  return { window: (now.getTime() - elapsed) / window, rest: window - elapsed }
}

/** Of a window gone by never more than it can have let through. */
const faded = ({ count }: Allowance, previous: number) => Math.min(previous, count)

/** What fits beside what counts now; negative where the last one did not fit. */
export const room = (limit: Allowance, { rest }: Place, current: number, previous: number): number =>
  limit.count - current - (faded(limit, previous) * rest) / limit.window

export const fits = (limit: Allowance, { rest }: Place, current: number, previous: number): boolean =>
  current * limit.window + faded(limit, previous) * rest <= limit.count * limit.window

/** Whether it matters at all what the last window holds: mostly not, and then nobody asks. */
export const needsPrevious = (limit: Allowance, place: Place, current: number): boolean =>
  current <= limit.count && !fits(limit, place, current, limit.count)

/** Up to this number one fits whatever the last window holds. */
export const surelyFits = ({ count, window }: Allowance, { rest }: Place): number =>
  Math.floor((count * (window - rest)) / window)

/** Milliseconds until one more fits, if nothing else comes. `current` counts the one that did not. */
export function waitFor(limit: Allowance, { rest }: Place, current: number, previous: number): number {
  const { count, window } = limit
  // A full window has to end first; in the next one it weighs whole, and one of it has to have faded.
  if (current > count) return rest + Math.ceil(window / count)
  return rest - Math.floor(((count - current) * window) / faded(limit, previous))
}
