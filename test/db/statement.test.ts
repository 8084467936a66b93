import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { testDatabase } from '../support/database.ts'

const counted = statement<{ key: string; points: number }, unknown>((db, part) => {
  const { key, points } = part((values) => values)
  return db
    .insertInto('rate_limits')
    .values({ key, points })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ points }))
})

const between = statement<{ low: number; high: number }, { key: string }>((db, part) => {
  const { low, high } = part((values) => values)
  return db
    .selectFrom('rate_limits')
    .select('key')
    .where('points', '<=', high)
    .where('points', '>=', low)
    .orderBy('key')
})

describe('a statement that is compiled once', () => {
  it('runs with the values of each call, each in its own place', async () => {
    const { app } = await testDatabase()
    for (const [key, points] of Object.entries({ a: 1, b: 2, c: 3 })) await counted(app, { key, points })
    expect((await between(app, { low: 2, high: 3 })).rows).toEqual([{ key: 'b' }, { key: 'c' }])
    expect((await between(app, { low: 1, high: 1 })).rows).toEqual([{ key: 'a' }])
    const atOnce = await Promise.all([1, 2, 3].map((at) => between(app, { low: at, high: at })))
    expect(atOnce.map(({ rows }) => rows)).toEqual([[{ key: 'a' }], [{ key: 'b' }], [{ key: 'c' }]])
  })

  it('says how many rows it changed', async () => {
    const { app } = await testDatabase()
    const keys = statement<{ points: number }, unknown>((db, part) =>
      db.deleteFrom('rate_limits').where('points', '=', part((values) => values).points),
    )
    await counted(app, { key: 'a', points: 7 })
    await counted(app, { key: 'b', points: 7 })
    expect(await keys(app, { points: 7 })).toMatchObject({ count: 2 })
    expect(await keys(app, { points: 7 })).toMatchObject({ count: 0 })
  })

  it('belongs to the transaction that it is given, whoever compiled it, and is rolled back with it', async () => {
    const { app } = await testDatabase()
    await counted(app, { key: 'kept', points: 1 })
    const broken = inTransaction(app, async (tx) => {
      await counted(tx, { key: 'lost', points: 1 })
      expect((await between(tx, { low: 1, high: 1 })).rows).toHaveLength(2)
      await sql`SELECT 1 / 0`.execute(tx)
    })
    await expect(broken).rejects.toThrow('division by zero')
    expect((await between(app, { low: 1, high: 1 })).rows).toEqual([{ key: 'kept' }])
  })

  it('is refused when a value that it looked at would be left out for ever', async () => {
    const { app } = await testDatabase()
    const decides = statement<{ key: string; exact: boolean }, unknown>((db, part) => {
      const { key, exact } = part((values) => values)
      const query = db.selectFrom('rate_limits').select('key')
      return exact ? query.where('key', '=', key) : query.where('key', '>=', key)
    })
    await expect(decides(app, { key: 'a', exact: false })).rejects.toThrow('leaves out 1 of its values')
  })
})
