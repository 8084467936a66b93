import type { Pool } from 'pg'
import { RateLimiterPostgres, type RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import type { Counters } from './counters.ts'

/** The limiter would refuse by a number of its own; ours depends on the rule and on the window before. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER

/** For either store: how the limiter is used here, as a counter. */
export const countersOf = (limiter: RateLimiterStoreAbstract): Counters => ({
  add: async (key, amount, seconds) => (await limiter.penalty(key, amount, { customDuration: seconds })).consumedPoints,
  read: async (key) => (await limiter.get(key))?.consumedPoints ?? 0,
})

export const limiterOptions = { points: UNBOUNDED, duration: 60 } as const

export const postgresCounters = (pool: Pool): Counters =>
  countersOf(
    new RateLimiterPostgres({
      ...limiterOptions,
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limits',
      keyPrefix: '',
      // A migration made it: the role that serves may create nothing. A job sweeps it, once for all instances.
      tableCreated: true,
      clearExpiredByTimeout: false,
    }),
  )
