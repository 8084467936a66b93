import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import { createEventWriter } from '../../src/audit/writer.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import type { Tx } from '../../src/db/types.ts'
import { frozenClock } from '../support/clock.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { arranging } from '../support/event-guard.ts'
import { personSeals } from './person-seals.ts'

const { recordEvent } = createEventWriter({ clock: frozenClock(), sealForPerson: personSeals().sealForPerson })
const record = (tx: Tx) =>
  recordEvent(tx, { actor: { kind: 'system', id: 'test' } }, { action: 'data_key.created', target: 'dky_1' })

const insert = (tx: Tx) =>
  sql`INSERT INTO data_keys (id, purpose, version, state, master_id, wrapped, created_at, retiring_since)
    VALUES (gen_random_uuid(), 'index', 1000, 'closed', 'mk', '\\x00', now(), now())`.execute(tx)
const closed = sql`WHERE version = 1000`

let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase()
})

describe('every table', () => {
  it('says in its comment that its changes are events, or why not', async () => {
    const { rows } = await sql<{ name: string; comment: string | null }>`
      SELECT relname AS name, obj_description(oid, 'pg_class') AS comment FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`.execute(db.owner)
    expect(rows.map((table) => table.name)).toContain('events')
    const silent = rows.filter(({ comment }) => !/events: (required|none because \S)/.test(comment ?? ''))
    expect(silent.map((table) => table.name)).toEqual([])
  })

  it('whose changes are events is guarded in every test', async () => {
    const { rows } = await sql<{ name: string }>`
      SELECT relname AS name FROM pg_class c
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND obj_description(oid, 'pg_class') ~ 'events: required'
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'test_change_has_event')`.execute(
      db.owner,
    )
    expect(rows).toEqual([])
  })
})

describe('a change without an event', () => {
  const arrangeRow = () =>
    inTransaction(db.owner, async (tx) => {
      await arranging(tx)
      await insert(tx)
    })

  it('[MON-13] cannot commit: insert', async () => {
    await expect(inTransaction(db.owner, insert)).rejects.toThrow('change without event on table data_keys')
  })

  it('[MON-13] cannot commit: update', async () => {
    await arrangeRow()
    const update = inTransaction(db.owner, (tx) => sql`UPDATE data_keys SET master_id = 'other' ${closed}`.execute(tx))
    await expect(update).rejects.toThrow('change without event on table data_keys')
  })

  it('[MON-13] cannot commit: delete', async () => {
    await arrangeRow()
    const remove = inTransaction(db.owner, (tx) => sql`DELETE FROM data_keys ${closed}`.execute(tx))
    await expect(remove).rejects.toThrow('change without event on table data_keys')
  })

  it('[MON-13] cannot commit by the serving role either', async () => {
    const change = inTransaction(db.app, (tx) =>
      sql`INSERT INTO person_keys (id, person_id, created_at, destroyed_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), now(), now())`.execute(tx),
    )
    await expect(change).rejects.toThrow('change without event on table person_keys')
  })

  it('[MON-13] is not excused by the event of an earlier transaction', async () => {
    await inTransaction(db.owner, record)
    await expect(inTransaction(db.owner, insert)).rejects.toThrow('change without event')
  })

  it('[MON-13] is not excused by an event that was rolled back to a savepoint', async () => {
    const change = inTransaction(db.owner, async (tx) => {
      await insert(tx)
      await sql`SAVEPOINT before_event`.execute(tx)
      await record(tx)
      await sql`ROLLBACK TO before_event`.execute(tx)
    })
    await expect(change).rejects.toThrow('change without event')
  })
})

describe('a change with its event', () => {
  it('commits, whichever of the two comes first', async () => {
    await inTransaction(db.owner, async (tx) => {
      await insert(tx)
      await record(tx)
    })
    await inTransaction(db.owner, async (tx) => {
      await record(tx)
      await sql`DELETE FROM data_keys ${closed}`.execute(tx)
    })
  })
})

describe('the product', () => {
  it('never uses the way round the guard that tests have', () => {
    const root = join(import.meta.dirname, '../..')
    const files = ['src', 'migrations'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    expect(files.length).toBeGreaterThan(0)
    expect(files.filter((file) => readFileSync(file, 'utf8').includes('test_arranges'))).toEqual([])
  })
})
