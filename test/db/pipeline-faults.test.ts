import { sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { plainRead } from '../../src/db/plain-read.ts'
import { createPool } from '../../src/db/pool.ts'
import { begin, pooledDb } from '../../src/db/pooled-db.ts'
import { inOrganisation, inTransaction } from '../../src/db/transaction.ts'
import type { Db } from '../../src/db/types.ts'
import { defineId } from '../../src/lib/ids.ts'
import { testDatabase } from '../support/database.ts'
import { captureLog } from '../support/log.ts'

const put = (db: Db, key: string, points: unknown = 1) =>
  sql`INSERT INTO rate_limits (key, points) VALUES (${key}, ${points})`.execute(db)

const keysIn = async (db: Db) => {
  const rows = await db.selectFrom('rate_limits').select('key').orderBy('key').execute()
  return rows.map(({ key }) => key)
}

const scopeIn = async (db: Db) =>
  (await sql<{ org: string | null }>`SELECT nullif(current_setting('hearthkey.org', true), '') AS org`.execute(db)).rows

/** JSON takes none of it. */
function circle() {
  const round: Record<string, unknown> = {}
  round['itself'] = round
  return round
}

/** All of it over one connection: who comes next gets what the one before has left. */
async function poolOfOne() {
  const { target, superuser } = await testDatabase()
  const pool = createPool(target, 'hearthkey_app', { max: 1, log: captureLog().log })
  onTestFinished(() => pool.end())
  return { pool, superuser, db: pooledDb(pool) }
}

describe('a value that cannot even be sent', () => {
  it('spoils the statement for nobody who uses the connection after it', async () => {
    const { db } = await poolOfOne()
    await put(db, 'a')
    await expect(put(db, 'b', circle())).rejects.toThrow('circular')
    await put(db, 'c')
    await expect(inTransaction(db, (tx) => put(tx, 'd', circle()))).rejects.toThrow('circular')
    await inTransaction(db, (tx) => put(tx, 'e'))
    expect(await keysIn(db)).toEqual(['a', 'c', 'e'])
  })

  it('leaves a connection to the reads of the same breath that come after its failure', async () => {
    const { pool, db } = await poolOfOne()
    const held = await pool.connect()
    const reading = async (key: unknown) =>
      (await plainRead(sql`SELECT key FROM rate_limits WHERE key = ${key}`).execute(db)).rows
    const broken = reading(circle())
    // The connection comes in the midst of a breath, as it does where somebody else gives theirs back.
    const read = new Promise<unknown>((resolve, reject) => {
      queueMicrotask(() => {
        held.release()
        broken.catch(() => reading('a').then(resolve, reject))
      })
    })
    await expect(broken).rejects.toThrow('circular')
    expect(await read).toEqual([])
    expect(await keysIn(db)).toEqual([])
  })
})

describe('a `BEGIN` that the database refuses, and goes on', () => {
  /** As one that was cancelled: what came with it runs by itself. */
  async function refusing() {
    const one = await poolOfOne()
    one.pool.on('connect', (client) => {
      const query = client.query.bind(client)
      Reflect.set(client, 'query', (...asked: unknown[]) =>
        Reflect.apply(query, client, asked[0] === 'BEGIN' ? ['BEGIN ISOLATION LEVEL none'] : asked),
      )
    })
    return one
  }

  it('lets no change behind it run as a transaction of its own', async () => {
    const { db } = await refusing()
    const refused = inTransaction(db, async (tx) => {
      await keysIn(tx)
      await put(tx, 'a')
    })
    await expect(refused).rejects.toThrow('syntax error')
    expect(await keysIn(db)).toEqual([])
  })

  it('is told where the work has swallowed it, and where nothing was asked for', async () => {
    const { db } = await refusing()
    const swallowed = inTransaction(db, async (tx) => {
      await keysIn(tx)
      await put(tx, 'a').catch(() => {})
      return 'done'
    })
    await expect(swallowed).rejects.toThrow('syntax error')
    await expect(inTransaction(db, async () => 'done')).rejects.toThrow('syntax error')
    expect(await keysIn(db)).toEqual([])
  })
})

describe('the scope of an organisation is gone from the connection', () => {
  const organisation = defineId('org').generate()
  const ends: [string, (db: Db) => Promise<unknown>][] = [
    ['after work that throws', (db) => inOrganisation(db, organisation, () => Promise.reject(new Error('ended')))],
    ['after a statement that fails', (db) => inOrganisation(db, organisation, (tx) => sql`SELECT 1 / 0`.execute(tx))],
    [
      'after a failure in the middle of what was sent in one breath',
      (db) =>
        inOrganisation(db, organisation, (tx) =>
          Promise.all([put(tx, 'a'), sql`SELECT 1 / 0`.execute(tx), put(tx, 'b'), scopeIn(tx)]),
        ),
    ],
    [
      'after a change that nobody heard of failing',
      async (db) => {
        const open = await begin(db)
        await sql`SELECT set_config('hearthkey.org', ${organisation.slice('org_'.length)}, true)`.execute(open.tx)
        await put(open.tx, 'a')
        open.unheard((tx) => put(tx, 'a'))
        await open.commit()
      },
    ],
  ]
  it.each(ends)('%s', async (_, end) => {
    const { db } = await poolOfOne()
    await expect(end(db)).rejects.toThrow()
    expect(await scopeIn(db)).toEqual([{ org: null }])
    expect(await keysIn(db)).toEqual([])
  })
})

it('a connection that dies under a pipeline fails all of it, once, and the next one is another', async () => {
  const { db, superuser } = await poolOfOne()
  const root = await superuser()
  for (let round = 0; round < 5; round += 1) {
    const open = await begin(db)
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(open.tx)
    open.unheard((tx) => sql`SELECT pg_sleep(60)`.execute(tx))
    open.unheard((tx) => put(tx, `a${round}`))
    const ended = open.commit().then(
      () => 'committed',
      () => 'failed',
    )
    await root.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    expect(await ended).toBe('failed')
    await open.rollback()
    expect(await keysIn(db)).toEqual([])
  }
})

it('a statement that takes too long fails its transaction alone, whoever waits for it', async () => {
  const { db } = await poolOfOne()
  const open = await begin(db)
  await sql`SET LOCAL statement_timeout = '20ms'`.execute(open.tx)
  await put(open.tx, 'a')
  open.unheard((tx) => sql`SELECT pg_sleep(60)`.execute(tx))
  open.unheard((tx) => put(tx, 'b'))
  await expect(open.commit()).rejects.toThrow('statement timeout')
  const { rows } = await sql`SHOW statement_timeout`.execute(db)
  expect([rows, await keysIn(db)]).toEqual([[{ statement_timeout: '0' }], []])
})
