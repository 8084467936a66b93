import { beforeEach, describe, expect, it } from 'vitest'
import { handle } from '../../src/jobs/handler.ts'
import { schedule } from '../../src/jobs/schedule.ts'
import type { TestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { checkKind, databaseWithQueue, jobs, runWorker } from './queue.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await databaseWithQueue()
})
const schedules = async () =>
  (await db.ownerPool.query('SELECT name, cron, timezone FROM pgboss.schedule ORDER BY name')).rows

describe('a schedule', () => {
  it('runs its check once when workers start, however many instances there are', async () => {
    const runs: string[] = []
    const check = (worker: string) => handle(checkKind, async () => void runs.push(worker))
    const daily = schedule(checkKind, '0 3 * * *')
    await Promise.all(['a', 'b', 'c'].map((name) => runWorker(db, [check(name)], { schedules: [daily] })))
    await eventually(() => (runs.length > 0 ? true : undefined))
    expect(await jobs(db, 'note.check')).toHaveLength(1)
    expect(await schedules()).toEqual([{ name: 'note.check', cron: '0 3 * * *', timezone: 'UTC' }])
  })

  it('that is due runs once for all instances', async () => {
    const options = { schedules: [schedule(checkKind, '* * * * *')] }
    const check = handle(checkKind, async () => {})
    await (await runWorker(db, [check], options)).stop(1_000)
    // The look at the clock that the first worker has claimed is over.
    await db.ownerPool.query('UPDATE pgboss.version SET cron_on = NULL')
    await Promise.all([1, 2, 3].map(() => runWorker(db, [check], options)))
    const due = () => jobs(db, '__pgboss__send-it')
    await eventually(async () => ((await due()).length > 0 ? true : undefined))
    expect(await due()).toMatchObject([{ data: { name: 'note.check' } }])
  })

  it('that the program no longer has is gone', async () => {
    await runWorker(db, [handle(checkKind, async () => {})], { schedules: [schedule(checkKind, '0 3 * * *')] })
    await runWorker(db, [handle(checkKind, async () => {})], { schedules: [schedule(checkKind, '5 4 * * *')] })
    expect(await schedules()).toMatchObject([{ cron: '5 4 * * *' }])
    await runWorker(db, [handle(checkKind, async () => {})])
    expect(await schedules()).toEqual([])
  })
})
