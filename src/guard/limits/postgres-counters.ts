import { sql } from 'kysely'
import { statement } from '../../db/statement.ts'
import type { Db } from '../../db/types.ts'
import type { Counters } from './counters.ts'

interface Adding {
  readonly keys: readonly string[]
  readonly amounts: readonly number[]
  readonly expiries: readonly string[]
  readonly now: string
}

interface Counter {
  readonly key: string
  readonly points: number
}

/** All limits of a request in one statement. In the order of their names, so that two requests never wait for each other. */
const adding = statement<Adding, Counter>((db, part) => {
  const { keys, amounts, expiries, now } = part((values) => values)
  return {
    compile: () =>
      sql<Counter>`
        INSERT INTO rate_limits AS counter (key, points, expire)
        SELECT change.key, change.points, change.expire
        FROM unnest(${keys}::text[], ${amounts}::int[], ${expiries}::bigint[]) AS change (key, points, expire)
        ORDER BY change.key
        ON CONFLICT (key) DO UPDATE SET
          points = CASE WHEN counter.expire <= ${now}::bigint THEN excluded.points ELSE counter.points + excluded.points END,
          expire = CASE WHEN counter.expire <= ${now}::bigint THEN excluded.expire ELSE counter.expire END
        RETURNING key, points`.compile(db),
  }
})

const reading = statement<{ key: string; now: string }, Pick<Counter, 'points'>>((db, part) => {
  const { key, now } = part((values) => values)
  return db.selectFrom('rate_limits').select('points').where('key', '=', key).where('expire', '>', now)
})

/** By the clock of the system: the window is part of the key, and an expiry only tidies up. */
export const postgresCounters = (db: Db): Counters => ({
  add: async (changes) => {
    const now = Date.now()
    const { rows } = await adding(db, {
      keys: changes.map(({ key }) => key),
      amounts: changes.map(({ amount }) => amount),
      expiries: changes.map(({ seconds }) => String(now + seconds * 1000)),
      now: String(now),
    })
    const points = new Map(rows.map((counter) => [counter.key, counter.points]))
    return changes.map(({ key }) => points.get(key) ?? 0)
  },
  read: async (key) => (await reading(db, { key, now: String(Date.now()) })).rows[0]?.points ?? 0,
})
