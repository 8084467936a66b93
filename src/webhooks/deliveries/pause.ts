const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const FIRST = 5 * SECOND
const FACTOR = 3
const LONGEST = 4 * HOUR
/** What a receiver may ask for. One that asks for a year has not asked to be spared, but to be forgotten. */
export const LONGEST_RETRY_AFTER = 4 * HOUR

interface PauseOptions {
  /** Milliseconds. */
  readonly retryAfter?: number | undefined
  readonly random?: () => number
}

/**
 * Milliseconds until the next attempt after so many: 5 s, 15 s, 45 s, 2 min, 7 min, 20 min, 1 h, 3 h and then every 4 hours, each
 * up to a fifth more or less, so that what failed together does not come back together.
 */
export function pauseAfter(attempts: number, { retryAfter = 0, random = Math.random }: PauseOptions = {}): number {
  const usual = Math.min(FIRST * FACTOR ** (attempts - 1), LONGEST)
  const spread = usual * (0.8 + random() * 0.4)
  return Math.max(spread, retryAfter)
}

/** RFC 9110, 10.2.3: seconds, or a date. Undefined for anything else, and for what has passed. */
export function readRetryAfter(header: string | string[] | undefined, now: Date): number | undefined {
  if (typeof header !== 'string') return undefined
  const ms = /^\d{1,9}$/.test(header)
    ? Number(header) * SECOND
    : /GMT$/.test(header)
      ? Date.parse(header) - now.getTime()
      : Number.NaN
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER) : undefined
}
