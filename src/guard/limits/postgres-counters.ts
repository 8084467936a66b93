import { type RawBuilder, sql } from 'kysely'
import { statement } from '../../db/statement.ts'
import type { Db } from '../../db/types.ts'
import type { Change, Counted, Counters } from './counters.ts'

/** Changes as a statement takes them. */
export interface Adding {
  readonly keys: readonly string[]
  readonly amounts: readonly number[]
  readonly expiries: readonly string[]
  readonly now: string
}

export interface Counter {
  readonly key: string
  readonly points: number
}

export const addingOf = (changes: readonly Change[]): Adding => {
  const now = Date.now()
  return {
    keys: changes.map(({ key }) => key),
    amounts: changes.map(({ amount }) => amount),
    expiries: changes.map(({ seconds }) => String(now + seconds * 1000)),
    now: String(now),
  }
}

/** What each is afterwards, in the order of the changes. */
export function numbersIn(rows: readonly Counter[], changes: readonly Change[]): number[] {
  const points = new Map(rows.map((counter) => [counter.key, counter.points]))
  return changes.map(({ key }) => points.get(key) ?? 0)
}

/** All limits of a request in one statement. In the order of their names, so that two requests never wait for each other. */
export const addition = ({ keys, amounts, expiries, now }: Adding): RawBuilder<Counter> => sql<Counter>`
  INSERT INTO rate_limits AS counter (key, points, expire)
  SELECT change.key, change.points, change.expire
  FROM unnest(${keys}::text[], ${amounts}::int[], ${expiries}::bigint[]) AS change (key, points, expire)
  ORDER BY change.key
  ON CONFLICT (key) DO UPDATE SET
    points = CASE WHEN counter.expire <= ${now}::bigint THEN excluded.points ELSE counter.points + excluded.points END,
    expire = CASE WHEN counter.expire <= ${now}::bigint THEN excluded.expire ELSE counter.expire END
  RETURNING key, points`

const adding = statement<Adding, Counter>((db, part) => {
  const added = addition(part((values) => values))
  return { compile: () => added.compile(db) }
})

const reading = statement<{ key: string; now: string }, Pick<Counter, 'points'>>((db, part) => {
  const { key, now } = part((values) => values)
  return db.selectFrom('rate_limits').select('points').where('key', '=', key).where('expire', '>', now)
})

/** Of what is not there nothing can be given back: it was swept, or counted elsewhere. */
const subtracting = statement<{ key: string; amount: number; now: string }, unknown>((db, part) => {
  const { key, amount, now } = part((values) => values)
  return db
    .updateTable('rate_limits')
    .set({ points: sql<number>`greatest(0, points - ${amount}::int)` })
    .where('key', '=', key)
    .where('expire', '>', now)
})

export const giveBackIn =
  (db: Db): Counted['giveBack'] =>
  async ({ key, amount }) =>
    void (await subtracting(db, { key, amount, now: String(Date.now()) }))

/** By the clock of the system: the window is part of the key, and an expiry only tidies up. */
export const postgresCounters = (db: Db): Counters => ({
  add: async (changes) => ({
    numbers: numbersIn((await adding(db, addingOf(changes))).rows, changes),
    giveBack: giveBackIn(db),
  }),
  read: async (key) => (await reading(db, { key, now: String(Date.now()) })).rows[0]?.points ?? 0,
})
