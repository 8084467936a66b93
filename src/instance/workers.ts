import cluster, { type Worker } from 'node:cluster'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../errors/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

export interface Workers {
  readonly port: number
  /** Resolves, with the reason, when workers die faster than it makes sense to replace them. */
  readonly failed: Promise<AppError>
  /** May be called again. */
  stop(): Promise<void>
}

interface WorkersOptions {
  readonly count: number
  readonly clock: Clock
  readonly log: Log
  readonly stopDeadlineMs: number
}

/** A worker that dies is replaced; this many deaths within a minute mean that the next one would die too. */
const DEATHS_PER_MINUTE = 10

/** Processes that serve. Node hands the listening socket over to them; the database belongs to this one. */
export async function startWorkers({ count, clock, log, stopDeadlineMs }: WorkersOptions): Promise<Workers> {
  const deaths: number[] = []
  const failure = Promise.withResolvers<AppError>()
  let stopping = false

  const replace = (worker: Worker, code: number | null, signal: string | null) => {
    if (stopping || worker.exitedAfterDisconnect) return
    log.error({ pid: worker.process.pid, code, signal }, 'a worker died; another takes its place')
    const now = clock.now().getTime()
    deaths.push(now)
    if (deaths.filter((at) => at > now - 60_000).length < DEATHS_PER_MINUTE) cluster.fork()
    else
      failure.resolve(new AppError('internal-error', { detail: `${DEATHS_PER_MINUTE} workers died within a minute.` }))
  }

  const first = Array.from({ length: count }, () => cluster.fork())
  const [port = 0] = await Promise.all(first.map(listening))
  cluster.on('exit', replace)
  return {
    port,
    failed: failure.promise,
    stop: async () => {
      stopping = true
      const running = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
      await Promise.all(running.map((worker) => stopWorker(worker, stopDeadlineMs, log)))
    },
  }
}

/** Answers the port, the same for all. */
const listening = (worker: Worker): Promise<number> =>
  new Promise((resolve, reject) => {
    worker.once('listening', ({ port }) => resolve(port))
    worker.once('exit', () =>
      reject(
        new AppError('internal-error', {
          detail: 'A worker ended before it could serve; its reason is in the log above.',
        }),
      ),
    )
  })

async function stopWorker(worker: Worker, deadlineMs: number, log: Log): Promise<void> {
  if (worker.isDead()) return
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.process.kill('SIGTERM')
  const late = new AbortController()
  const deadline = delay(deadlineMs, undefined, { signal: late.signal }).then(
    () => {
      log.warn({ pid: worker.process.pid }, 'a worker did not stop in time and is ended')
      worker.process.kill('SIGKILL')
    },
    () => {},
  )
  await gone
  late.abort()
  await deadline
}
