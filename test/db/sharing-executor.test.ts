import { type QueryResult, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { plainRead } from '../../src/db/plain-read.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import type { Db } from '../../src/db/types.ts'
import { testDatabase } from '../support/database.ts'

const put = (db: Db, key: string) => sql`INSERT INTO rate_limits (key, points) VALUES (${key}, 1)`.execute(db)
const rows = (db: Db) => db.selectFrom('rate_limits')
const add = (db: Db) => db.updateTable('rate_limits').set({ points: 2 }).where('key', '=', 'a')
const asked = () => sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
const pidIn = ({ rows: [row] }: QueryResult<{ pid: number }>) => row?.pid

/** All of them wait as long as somebody else's transaction has the row. */
const waiting: [string, (db: Db) => Promise<unknown>][] = [
  ['a change', (db) => add(db).execute()],
  ['a read that takes a lock', (db) => rows(db).select('key').forShare().execute()],
  [
    'a read of what takes a lock',
    (db) =>
      db
        .selectFrom((of) => of.selectFrom('rate_limits').select('key').forUpdate().as('held'))
        .select('key')
        .execute(),
  ],
  [
    'a read behind a change',
    (db) =>
      db
        .with('changed', () => add(db).returning('key'))
        .selectFrom('changed')
        .select('key')
        .execute(),
  ],
  ['what is written by hand', (db) => sql`SELECT key FROM rate_limits FOR UPDATE`.execute(db)],
  [
    'a read with a part that is written by hand',
    (db) => rows(db).select(sql`pg_advisory_xact_lock(7)`.as('held')).execute(),
  ],
]

describe('what can wait for a lock', () => {
  it.each(waiting)('keeps nobody waiting who reads in the same breath: %s', async (_, wait) => {
    const { app } = await testDatabase()
    await put(app, 'a')
    const held = await inTransaction(app, async (tx) => {
      await Promise.all([add(tx).execute(), sql`SELECT pg_advisory_xact_lock(7)`.execute(tx)])
      const waits = Promise.allSettled([wait(app)])
      // Whoever holds the lock waits for this read: behind the one that waits for the lock, that were for ever.
      const read = await rows(app).select(['key', 'points']).execute()
      return { read, waits }
    })
    expect(held.read).toEqual([{ key: 'a', points: 1 }])
    await held.waits
  })
})

it('what is declared to be a plain read travels with others; what is written by hand and is not goes alone', async () => {
  const { app } = await testDatabase()
  const three = (of: (db: Db) => Promise<unknown>) => Promise.all([of(app), of(app), of(app)])
  expect(new Set(await three(async (db) => pidIn(await plainRead(asked()).execute(db)))).size).toBe(1)
  expect(new Set(await three(async (db) => pidIn(await asked().execute(db)))).size).toBe(3)
})
