import { sql } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inOrganisation, inTransaction } from '../../src/db/transaction.ts'
import { createEnqueue } from '../../src/jobs/enqueue.ts'
import { defineJob } from '../../src/jobs/job.ts'
import { defineId } from '../../src/lib/ids.ts'
import type { TestDatabase } from '../support/database.ts'
import { checkKind, databaseWithQueue, jobs, noteKind } from './queue.ts'

const enqueue = createEnqueue()
let db: TestDatabase
beforeEach(async () => {
  db = await databaseWithQueue()
})

describe('a job that is enqueued', () => {
  it('by the serving role exists once the change has committed', async () => {
    const id = await inTransaction(db.app, (tx) => enqueue(tx, noteKind, { noteId: 'a' }))
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await jobs(db, 'note.take')).toMatchObject([{ state: 'created', data: { noteId: 'a' } }])
  })

  it('vanishes with the change that is rolled back', async () => {
    const change = inTransaction(db.app, async (tx) => {
      await enqueue(tx, noteKind, { noteId: 'a' })
      throw new Error('the change failed')
    })
    await expect(change).rejects.toThrow('the change failed')
    expect(await jobs(db, 'note.take')).toEqual([])
  })

  it('works in the scope of an organisation as well', async () => {
    const acme = defineId('org').generate()
    await inOrganisation(db.app, acme, (tx) => enqueue(tx, noteKind, { noteId: 'a' }))
    expect(await jobs(db, 'note.take')).toHaveLength(1)
  })

  it('needs no second connection, however many transactions hold one', async () => {
    const fresh = createEnqueue()
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => inTransaction(db.app, (tx) => fresh(tx, noteKind, { noteId: `${n}` }))),
    )
    expect(new Set((await jobs(db, 'note.take')).map(({ data }) => JSON.stringify(data))).size).toBe(30)
  })

  it('once within a window is there once, though many ask at a time', async () => {
    const once = { key: 'k', withinSeconds: 86_400 }
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => inTransaction(db.app, (tx) => enqueue(tx, noteKind, { noteId: 'a' }, { once }))),
    )
    expect(ids.filter(Boolean)).toHaveLength(1)
    expect(await jobs(db, 'note.take')).toHaveLength(1)
  })

  it('of a kind that never overlaps is left out while one waits', async () => {
    const ask = () => inTransaction(db.app, (tx) => enqueue(tx, checkKind, {}))
    expect(await ask()).toBeDefined()
    expect(await ask()).toBeUndefined()
    expect(await jobs(db, 'note.check')).toHaveLength(1)
  })

  it('of a kind without a queue is an error, and the change does not happen', async () => {
    const unknown = defineJob({ name: 'never.declared', schema: z.strictObject({}) })
    await expect(inTransaction(db.app, (tx) => enqueue(tx, unknown, {}))).rejects.toThrow('never.declared')
  })

  it('with a payload that is not of its kind is an error before anything is written', async () => {
    const wrong = { noteId: 'x'.repeat(101) }
    await expect(inTransaction(db.app, (tx) => enqueue(tx, noteKind, wrong))).rejects.toThrow()
    expect(await jobs(db, 'note.take')).toEqual([])
  })
})

describe('the serving role', () => {
  it('may put jobs in and do nothing else with the queue', async () => {
    const statements = [
      'SELECT data FROM pgboss.job_common',
      'SELECT output FROM pgboss.job',
      "UPDATE pgboss.job_common SET state = 'cancelled'",
      'DELETE FROM pgboss.job_common',
      "INSERT INTO pgboss.schedule (name, cron) VALUES ('note.take', '* * * * *')",
      'UPDATE pgboss.queue SET retry_limit = 0',
      'UPDATE pgboss.version SET version = 1',
      'CREATE TABLE pgboss.mine ()',
    ]
    for (const statement of statements)
      await expect(sql.raw(statement).execute(db.app), statement).rejects.toThrow('permission denied')
  })
})
