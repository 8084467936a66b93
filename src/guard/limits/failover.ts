import type { Log } from '../../lib/log.ts'
import type { Counters } from './counters.ts'
import type { RedisCounters } from './redis-counters.ts'

/** After a failure nobody waits for it again until then. */
const REST_MS = 1000

/**
 * Redis while it answers, the database while it does not: a limit is never skipped. The two do not know each other's
 * numbers, so each change of place begins at zero, and whoever could cause one gains one portion by it.
 */
export function withFailover(first: RedisCounters, second: Counters, log: Log): Counters {
  let isAway = false
  let restUntil = 0
  let begun: Promise<void> | undefined

  async function ask<T>(use: (counters: Counters) => Promise<T>): Promise<T> {
    if (performance.now() < restUntil) return use(second)
    try {
      begun ??= first.ready()
      await begun
      const answer = await use(first)
      if (isAway) log.info('Redis answers again: limits are counted there')
      isAway = false
      return answer
    } catch (error) {
      begun = Promise.resolve()
      restUntil = performance.now() + REST_MS
      if (!isAway) log.warn({ err: error }, 'Redis is away: limits are counted in the database until it is back')
      isAway = true
      return use(second)
    }
  }
  return {
    add: (changes) => ask((counters) => counters.add(changes)),
    read: (key) => ask((counters) => counters.read(key)),
  }
}
