import { z } from 'zod'
import { QUEUE_SCHEMA } from './engine.ts'
import type { Queryable } from './pool.ts'
import { DEAD_JOBS } from './queues.ts'

export interface DeadJob {
  readonly kind: string
  readonly jobId: string
  readonly enqueuedAt: Date
  readonly diedAt: Date
  readonly attempts: number
  /** The name and code of the last error; the log has the rest under the job's id. */
  readonly reason: string
}

/** What the engine writes itself when a worker fell silent, ran over its time or was stopped in the middle. */
const output = z
  .union([
    z.object({ reason: z.string() }).transform(({ reason }) => reason),
    z.object({ value: z.object({ message: z.string() }) }).transform(({ value }) => value.message),
    z.object({ value: z.string() }).transform(({ value }) => value),
    z.object({ message: z.string() }).transform(({ message }) => message),
  ])
  .catch('unknown')

const row = z
  .object({
    kind: z.string(),
    job_id: z.string(),
    enqueued_at: z.date(),
    died_at: z.date(),
    retries: z.number(),
    output: z.unknown(),
  })
  .transform(
    (dead): DeadJob => ({
      kind: dead.kind,
      jobId: dead.job_id,
      enqueuedAt: dead.enqueued_at,
      diedAt: dead.died_at,
      attempts: dead.retries + 1,
      reason: output.parse(dead.output),
    }),
  )

/** The jobs that nobody will try again, newest first: for `doctor`, and for whoever asks why something never came. */
export async function deadJobs(pool: Queryable, limit = 100): Promise<DeadJob[]> {
  const { rows } = await pool.query(
    `SELECT source_name AS kind, source_id AS job_id, source_created_on AS enqueued_at, created_on AS died_at,
       source_retry_count AS retries, output
     FROM ${QUEUE_SCHEMA}.job WHERE name = $1 ORDER BY created_on DESC LIMIT $2`,
    [DEAD_JOBS, limit],
  )
  return z.array(row).parse(rows)
}
