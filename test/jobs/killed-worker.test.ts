import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { createEnqueue } from '../../src/jobs/enqueue.ts'
import { handle } from '../../src/jobs/handler.ts'
import type { TestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { databaseWithQueue, jobs, makeDue, noteKind, runWorker } from './queue.ts'

/** A worker in a process of its own, in the middle of a job. */
async function doomedWorker({ target }: TestDatabase) {
  if (target.kind !== 'embedded' || !target.database) throw new Error('the tests run on a socket')
  const script = fileURLToPath(new URL('./doomed-worker.ts', import.meta.url))
  const child = spawn(process.execPath, [script, target.socketDir, target.database], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [took] = await once(child.stdout, 'data')
  return { took: String(took).trim(), child }
}

it('takes up the job of a worker that was killed with -9 in the middle of it', async () => {
  const db = await databaseWithQueue()
  const enqueue = createEnqueue()
  await inTransaction(db.app, (tx) => enqueue(tx, noteKind, { noteId: 'left' }))
  const { took, child } = await doomedWorker(db)
  expect(took).toBe('left')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await jobs(db, 'note.take')).toMatchObject([{ state: 'active' }])

  const done: unknown[] = []
  await runWorker(db, [handle(noteKind, async ({ noteId }, { attempt }) => void done.push({ noteId, attempt }))])
  // The heartbeat has been silent for longer than it may; the watch of any living instance finds that.
  await db.ownerPool.query("UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '21 s'")
  await eventually(async () => ((await jobs(db, 'note.take'))[0]?.state === 'retry' ? true : undefined))
  await makeDue(db)
  await runWorker(db, [handle(noteKind, async ({ noteId }, { attempt }) => void done.push({ noteId, attempt }))])
  expect(await eventually(() => done[0])).toEqual({ noteId: 'left', attempt: 2 })
})

it('leaves a worker alone that is slow but alive', async () => {
  const db = await databaseWithQueue()
  const enqueue = createEnqueue()
  await inTransaction(db.app, (tx) => enqueue(tx, noteKind, { noteId: 'slow' }))
  await doomedWorker(db)
  const { rows } = await db.ownerPool.query(
    'SELECT heartbeat_on IS NOT NULL AS beats, heartbeat_seconds FROM pgboss.job WHERE state = $1',
    ['active'],
  )
  expect(rows).toEqual([{ beats: true, heartbeat_seconds: 20 }])
  await runWorker(db, [handle(noteKind, async () => {})])
  await eventually(async () => {
    const { rows: watched } = await db.ownerPool.query('SELECT 1 FROM pgboss.queue WHERE monitor_on IS NOT NULL')
    return watched.length > 0 || undefined
  })
  expect(await jobs(db, 'note.take')).toMatchObject([{ state: 'active' }])
})
