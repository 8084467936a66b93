import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deadJobs } from '../../src/jobs/dead.ts'
import { QUEUE_VERSION } from '../../src/jobs/engine.ts'
import { defineJob } from '../../src/jobs/job.ts'
import { assertQueueReady, migrateQueue, queueVersion } from '../../src/jobs/migrate.ts'
import { testDatabase } from '../support/database.ts'
import { noteKind } from './queue.ts'

const queueOf = async (pool: { query: (text: string) => Promise<{ rows: unknown[] }> }) =>
  (await pool.query("SELECT retry_limit, expire_seconds FROM pgboss.queue WHERE name = 'note.take'")).rows

describe('the tables of the queue', () => {
  it('are installed in the version that the program works on', async () => {
    const { ownerPool: pool } = await testDatabase()
    await pool.query('DROP SCHEMA IF EXISTS pgboss CASCADE')
    expect(await queueVersion(pool)).toBeUndefined()
    await expect(assertQueueReady(pool)).rejects.toMatchObject({ code: 'queue-not-migrated' })
    await migrateQueue({ pool, kinds: [noteKind] })
    expect(await queueVersion(pool)).toBe(QUEUE_VERSION)
    await assertQueueReady(pool)
    expect(await deadJobs(pool)).toEqual([])
  })

  it('are installed once though several instances start together', async () => {
    const { ownerPool: pool } = await testDatabase()
    await pool.query('DROP SCHEMA IF EXISTS pgboss CASCADE')
    await Promise.all([1, 2, 3].map(() => migrateQueue({ pool, kinds: [noteKind] })))
    expect(await queueOf(pool)).toHaveLength(1)
  })

  it('get their grants back when a start was killed between the two', async () => {
    const { ownerPool: pool } = await testDatabase()
    await migrateQueue({ pool, kinds: [] })
    await pool.query('REVOKE ALL ON pgboss.job_common FROM hearthkey_app')
    await migrateQueue({ pool, kinds: [] })
    const { rows } = await pool.query(
      "SELECT has_table_privilege('hearthkey_app', 'pgboss.job_common', 'INSERT') AS ok",
    )
    expect(rows).toEqual([{ ok: true }])
  })

  it('are not written to by a start that finds them as they should be', async () => {
    const { ownerPool: pool } = await testDatabase()
    const writes = async () => (await pool.query('SELECT name, updated_on, xmin FROM pgboss.queue ORDER BY name')).rows
    await migrateQueue({ pool, kinds: [noteKind] })
    const before = await writes()
    await migrateQueue({ pool, kinds: [noteKind] })
    expect(await writes()).toEqual(before)
  })

  it('follow the program when a kind changes its settings', async () => {
    const { ownerPool: pool } = await testDatabase()
    await migrateQueue({ pool, kinds: [noteKind] })
    const changed = defineJob({
      name: 'note.take',
      schema: z.strictObject({}),
      retry: { limit: 9 },
      timeoutSeconds: 33,
    })
    await migrateQueue({ pool, kinds: [changed] })
    expect(await queueOf(pool)).toEqual([{ retry_limit: 9, expire_seconds: 33 }])
    const other = defineJob({ name: 'note.take', schema: z.strictObject({}), overlap: 'never' })
    await expect(migrateQueue({ pool, kinds: [other] })).rejects.toThrow('new name')
  })

  it('of a newer release are refused and left alone', async () => {
    const { ownerPool: pool } = await testDatabase()
    await migrateQueue({ pool, kinds: [] })
    await pool.query('UPDATE pgboss.version SET version = version + 1')
    await expect(assertQueueReady(pool)).rejects.toMatchObject({ code: 'database-newer' })
    await expect(migrateQueue({ pool, kinds: [] })).rejects.toMatchObject({ code: 'database-newer' })
    expect(await queueVersion(pool)).toBe(QUEUE_VERSION + 1)
  })

  it('of an older release are asked to be migrated, not used', async () => {
    const { ownerPool: pool } = await testDatabase()
    await migrateQueue({ pool, kinds: [] })
    await pool.query('UPDATE pgboss.version SET version = version - 1')
    await expect(assertQueueReady(pool)).rejects.toMatchObject({ code: 'queue-not-migrated' })
  })
})
