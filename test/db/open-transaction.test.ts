import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { begin } from '../../src/db/pooled-db.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import type { Db } from '../../src/db/types.ts'
import { testDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'

const put = (db: Db, key: string, points: unknown = 1) =>
  sql`INSERT INTO rate_limits (key, points) VALUES (${key}, ${points})`.execute(db)

const keysIn = async (db: Db) => {
  const rows = await db.selectFrom('rate_limits').select('key').orderBy('key').execute()
  return rows.map(({ key }) => key)
}

describe('changes that nobody waits for before the commit', () => {
  it('are committed with the others', async () => {
    const { app } = await testDatabase()
    const transaction = await begin(app)
    await put(transaction.tx, 'a')
    transaction.unheard((tx) => put(tx, 'b'))
    transaction.unheard((tx) => put(tx, 'c'))
    await transaction.commit()
    expect(await keysIn(app)).toEqual(['a', 'b', 'c'])
  })

  it('take everything with them when the database refuses one, and its error is told', async () => {
    const { app } = await testDatabase()
    const transaction = await begin(app)
    await put(transaction.tx, 'a')
    transaction.unheard((tx) => put(tx, 'a'))
    transaction.unheard((tx) => put(tx, 'b'))
    await expect(transaction.commit()).rejects.toThrow('rate_limits_pkey')
    expect(await keysIn(app)).toEqual([])
    await put(app, 'the connection is good')
  })

  it('take everything with them when one cannot even be sent', async () => {
    const { app } = await testDatabase()
    const circle: Record<string, unknown> = {}
    circle['itself'] = circle
    const transaction = await begin(app)
    await put(transaction.tx, 'a')
    transaction.unheard((tx) => put(tx, 'b', circle))
    await expect(transaction.commit()).rejects.toThrow('circular')
    expect(await keysIn(app)).toEqual([])
  })

  it('are one statement each: what has to find something out first would come behind the commit', async () => {
    const { app } = await testDatabase()
    const transaction = await begin(app)
    transaction.unheard(async (tx) => {
      await Promise.resolve()
      await put(tx, 'late')
    })
    await expect(transaction.commit()).rejects.toThrow('one statement')
    expect(await keysIn(app)).toEqual([])
  })
})

describe('what is sent without waiting in between', () => {
  it('writes nothing once the transaction was rolled back, however late a part of the work comes', async () => {
    const { app } = await testDatabase()
    let late: Promise<unknown> | undefined
    let isOver = (): void => {}
    const over = new Promise<void>((resolve) => {
      isOver = resolve
    })
    const broken = inTransaction(app, async (tx) => {
      late = over.then(() => put(tx, 'late'))
      late.catch(() => {})
      await Promise.all([put(tx, 'a'), sql`SELECT 1 / 0`.execute(tx), put(tx, 'b'), late])
    })
    await expect(broken).rejects.toThrow('division by zero')
    isOver()
    await expect(late).rejects.toThrow('the transaction has ended')
    expect(await keysIn(app)).toEqual([])
  })

  it('keeps the order in which it was asked', async () => {
    const { app } = await testDatabase()
    const count = (tx: Db) => sql<{ n: number }>`SELECT count(*)::int AS n FROM rate_limits`.execute(tx)
    const seen = await inTransaction(app, (tx) =>
      Promise.all([count(tx), put(tx, 'a'), count(tx), put(tx, 'b'), count(tx)]),
    )
    expect(seen.flatMap(({ rows }) => rows)).toMatchObject([{ n: 0 }, { n: 1 }, { n: 2 }])
  })

  it('outside of a transaction fails by itself, and gives its connection back', async () => {
    const { app } = await testDatabase()
    for (let round = 0; round < 30; round++) {
      const all = await Promise.allSettled([
        put(app, `a${round}`),
        sql`SELECT 1 / 0`.execute(app),
        put(app, `b${round}`),
      ])
      expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    }
    expect(await keysIn(app)).toHaveLength(60)
  })
})

it('a connection that dies in a transaction is not used again, and its transaction says so', async () => {
  const database = await testDatabase()
  const { app } = database
  const root = await database.superuser()
  const died = inTransaction(app, async (tx) => {
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx)
    await root.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    await eventually(async () => (await put(tx, 'a').catch(() => 'dead')) === 'dead' || undefined)
  })
  await expect(died).rejects.toThrow()
  expect(await keysIn(app)).toEqual([])
})

it.each(['commit', 'rollback'] as const)(
  'nothing is committed after a %s: the connection is that of somebody else by then',
  async (end) => {
    const { app } = await testDatabase()
    const over = await begin(app)
    await put(over.tx, 'a')
    await over[end]()
    const next = await begin(app)
    await put(next.tx, 'b')
    await expect(over.commit()).rejects.toThrow('the transaction has ended')
    await next.rollback()
    expect(await keysIn(app)).toEqual(end === 'commit' ? ['a'] : [])
  },
)
