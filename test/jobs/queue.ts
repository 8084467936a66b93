import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { JobHandler } from '../../src/jobs/handler.ts'
import { defineJob } from '../../src/jobs/job.ts'
import { migrateQueue } from '../../src/jobs/migrate.ts'
import { startWorker, type Worker, type WorkerOptions } from '../../src/jobs/worker.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { captureLog } from '../support/log.ts'
import { noteKind } from './note-kind.ts'

export { noteKind }
export const checkKind = defineJob({ name: 'note.check', schema: z.strictObject({}), overlap: 'never' })
/** Urgent or not, as whoever asks says. */
export const sharedKind = defineJob({ name: 'note.share', schema: z.object({ noteId: z.string() }), unhurried: 1 })

export async function databaseWithQueue(): Promise<TestDatabase> {
  const db = await testDatabase()
  await migrateQueue({ pool: db.ownerPool, kinds: [noteKind, checkKind, sharedKind] })
  return db
}

/** Stopped with the test that started it. */
export async function runWorker(
  db: TestDatabase,
  handlers: readonly JobHandler[],
  options: Partial<WorkerOptions> = {},
): Promise<Worker> {
  const { log } = captureLog()
  const worker = await startWorker({ pool: db.ownerPool, handlers, log, superviseSeconds: 1, ...options })
  onTestFinished(() => worker.stop(1000))
  return worker
}

export interface QueuedJob {
  readonly state: string
  readonly data: unknown
  readonly output: unknown
}

export async function jobs(db: TestDatabase, name: string): Promise<QueuedJob[]> {
  const { rows } = await db.ownerPool.query<QueuedJob>(
    'SELECT state, data, output FROM pgboss.job WHERE name = $1 ORDER BY created_on',
    [name],
  )
  return rows
}

/** Time passes for the queue: what lies in the future is due. */
export const makeDue = (db: TestDatabase) =>
  db.ownerPool.query("UPDATE pgboss.job SET start_after = now() - interval '1 s'")
