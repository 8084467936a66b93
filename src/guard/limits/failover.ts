import type { Log } from '../../lib/log.ts'
import type { Change, Counted, Counters } from './counters.ts'
import type { RedisCounters } from './redis-counters.ts'

/** After a failure nobody waits for it again until then. */
const REST_MS = 1000

/**
 * Redis while it answers, the database while it does not: a limit is never skipped. The two do not know each other's
 * numbers, so each change of place begins at zero, and whoever could cause one gains one portion by it. What was counted in Redis
 * and cannot be given back there stays counted.
 */
export function withFailover(first: RedisCounters, second: Counters, log: Log): Counters {
  let isAway = false
  let restUntil = 0
  let begun: Promise<void> | undefined

  const isResting = () => performance.now() < restUntil

  function rest(error: unknown): void {
    begun = Promise.resolve()
    restUntil = performance.now() + REST_MS
    if (!isAway) log.warn({ err: error }, 'Redis is away: limits are counted in the database until it is back')
    isAway = true
  }

  async function ask<T>(use: (counters: Counters) => Promise<T>): Promise<T> {
    if (isResting()) return use(second)
    try {
      begun ??= first.ready()
      await begun
      const answer = await use(first)
      if (isAway) log.info('Redis answers again: limits are counted there')
      isAway = false
      return answer
    } catch (error) {
      rest(error)
      return use(second)
    }
  }

  async function addTo(counters: Counters, changes: readonly Change[]): Promise<Counted> {
    const { numbers, giveBack } = await counters.add(changes)
    if (counters === second) return { numbers, giveBack }
    return {
      numbers,
      giveBack: async (change) => {
        if (!isResting()) await giveBack(change).catch(rest)
      },
    }
  }

  return {
    add: (changes) => ask((counters) => addTo(counters, changes)),
    read: (key) => ask((counters) => counters.read(key)),
  }
}
