import type { ConstructorOptions, JobWithMetadata, PgBoss, WorkOptions } from 'pg-boss'
import type { Listener } from '../db/listener.ts'
import type { Log } from '../lib/log.ts'
import { applySchedules } from './apply-schedules.ts'
import { Crew } from './crew.ts'
import { createBoss } from './engine.ts'
import { JobFailure } from './failure.ts'
import type { JobHandler } from './handler.ts'
import { type JobPayload, USUAL } from './job.ts'
import { assertQueueReady } from './migrate.ts'
import { listeningQueueDb, type OwnerPool, queueDb } from './pool.ts'
import { declareQueues } from './queues.ts'
import type { JobSchedule } from './schedule.ts'

export interface WorkerOptions {
  readonly pool: OwnerPool
  /** Without one, a new job waits for the next look instead of starting at once. */
  readonly listener?: Listener
  readonly handlers: readonly JobHandler[]
  readonly schedules?: readonly JobSchedule[]
  readonly log: Log
  /** How often silent workers are looked for; tests hurry. */
  readonly superviseSeconds?: number
}

export interface Worker {
  /** Takes no more jobs, waits for those that run, and after the deadline hands what still runs to another worker. */
  stop(deadlineMs: number): Promise<void>
}

/**
 * How often an idle worker looks although nobody called: what a notification cannot announce, a retry that has become
 * due or a job taken back from a dead worker, waits at most this long.
 */
const LOOK_SECONDS = 30
/** The engine allows no longer one; a schedule has the resolution of a minute. */
const CRON_SECONDS = 45
const HOUR = 60 * 60

const idleOptions = (superviseSeconds: number): ConstructorOptions => ({
  // Index builds that a migration left to be done beside the running server.
  migrate: true,
  bamIntervalSeconds: 10 * 60,
  superviseIntervalSeconds: superviseSeconds,
  // A little less, or every second round would come a moment too early and be skipped.
  monitorIntervalSeconds: Math.max(1, superviseSeconds - 5),
  maintenanceIntervalSeconds: HOUR,
  queueCacheIntervalSeconds: 10 * 60,
  cronMonitorIntervalSeconds: CRON_SECONDS,
  cronWorkerIntervalSeconds: CRON_SECONDS,
  // We chain no jobs: the resolver of chains has nothing to find.
  flowIntervalSeconds: 24 * HOUR,
  monitorVacuum: false,
})

/** One per instance, as the owner: the serving role may put jobs in and nothing else. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { pool, listener, handlers, schedules = [], log, superviseSeconds = 30 } = options
  await assertQueueReady(pool)
  const boss = await createBoss(listener ? listeningQueueDb(pool, listener) : queueDb(pool), {
    ...idleOptions(superviseSeconds),
    useListenNotify: listener !== undefined,
  })
  boss.on('error', (error) => log.error({ err: error }, 'the queue has trouble'))
  boss.on('warning', ({ message }) => log.warn({ reason: message }, 'the queue warns'))
  const kinds = handlers.map(({ kind }) => kind)
  const crews: Crew[] = []
  const dismiss = () => {
    for (const crew of crews) crew.end()
  }
  try {
    await boss.start()
    await declareQueues(boss, kinds)
    for (const handler of handlers) {
      const { concurrency, unhurried } = handler.kind
      for (const [most, take] of [
        [concurrency, {}],
        [unhurried, { maxPriority: USUAL }],
      ] as const) {
        const crew = new Crew((id) => boss.notifyWorker(id))
        crews.push(crew)
        for (let n = 0; n < most; n++) await workOn({ boss, handler, crew, log, take })
      }
    }
    await applySchedules(boss, schedules)
    // They may have looked before there was anything, and a notification that came meanwhile found nobody waiting.
    for (const crew of crews) crew.wakeAll()
  } catch (error) {
    dismiss()
    await boss.stop({ graceful: false })
    throw error
  }
  return {
    stop: (deadlineMs) => {
      dismiss()
      return boss.stop({ graceful: true, timeout: deadlineMs })
    },
  }
}

interface Work {
  readonly boss: PgBoss
  readonly handler: JobHandler
  readonly crew: Crew
  readonly log: Log
  readonly take: Pick<WorkOptions, 'maxPriority'>
}

/** One after another. Whoever found something looks again at once: a commit that brings a thousand calls once. */
async function workOn({ boss, handler, crew, log, take }: Work): Promise<void> {
  const id: string = await boss.work(
    handler.kind.name,
    {
      ...take,
      includeMetadata: true,
      pollingIntervalSeconds: LOOK_SECONDS,
      notifyPollingIntervalSeconds: LOOK_SECONDS,
      localGroupConcurrency: 1,
    },
    (jobs: JobWithMetadata<JobPayload>[]) =>
      crew.during(id, async () => {
        for (const job of jobs) await attempt(job, handler, log)
      }),
  )
  crew.join(id)
}

async function attempt(job: JobWithMetadata<JobPayload>, handler: JobHandler, log: Log): Promise<void> {
  const run = { jobId: job.id, attempt: job.retryCount + 1, signal: job.signal }
  const about = { job: job.name, jobId: job.id, attempt: run.attempt }
  try {
    await handler.run(job.data, run)
    log.debug(about, 'a job is done')
  } catch (error) {
    if (job.retryCount < job.retryLimit) log.warn({ ...about, err: error }, 'a job failed and will be tried again')
    else log.error({ ...about, err: error }, 'a job failed for the last time and is dead')
    throw new JobFailure(error)
  }
}
