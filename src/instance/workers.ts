import cluster, { type Worker } from 'node:cluster'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../errors/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { stopWorker } from './stop-worker.ts'

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
  /** So many deaths within a minute mean that the next one would die too. */
  readonly deathsPerMinute?: number
}

const DEATHS_PER_MINUTE = 10
/** Doubled with each death of the last minute: what ends a worker as it starts must not take the whole machine. */
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2_000

/**
 * Processes that serve. Node hands the listening socket over to them; the database belongs to this one. A worker that
 * ends is replaced, in whatever manner it ended, unless all are being stopped: one that was asked by somebody else to
 * stop, and did, is as gone as one that was killed.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { count, clock, log, stopDeadlineMs, deathsPerMinute = DEATHS_PER_MINUTE } = options
  const failure = Promise.withResolvers<AppError>()
  const stopping = new AbortController()
  let phase: 'starting' | 'serving' = 'starting'
  let deaths: number[] = []

  const fork = (): Worker => {
    const worker = cluster.fork()
    worker.on('error', (error) => {
      log.error({ err: error, pid: worker.process.pid }, 'a worker could not be started, or not be spoken to')
      // One that never was has no exit.
      if (worker.process.pid === undefined) died(worker, null, null)
    })
    return worker
  }
  const forkAfter = async (pauseMs: number): Promise<void> => {
    try {
      await delay(pauseMs, undefined, { signal: stopping.signal })
      fork()
    } catch (cause) {
      if (!stopping.signal.aborted) failure.resolve(new AppError('workers-failed', { cause }))
    }
  }
  const died = (worker: Worker, exitCode: number | null, signal: string | null): void => {
    if (stopping.signal.aborted) return
    const about = { pid: worker.process.pid, exitCode, signal }
    const now = clock.now().getTime()
    deaths = [...deaths.filter((at) => at > now - 60_000), now]
    if (phase === 'starting') {
      log.error(about, 'a worker died before it could serve')
      failure.resolve(new AppError('workers-failed', { detail: 'A worker ended before it could serve.' }))
    } else if (deaths.length >= deathsPerMinute) {
      log.error(about, 'a worker died, and is not replaced: too many did')
      failure.resolve(new AppError('workers-failed', { detail: `${deaths.length} workers died within a minute.` }))
    } else {
      log.error(about, 'a worker died; another takes its place')
      void forkAfter(Math.min(FIRST_PAUSE_MS * 2 ** (deaths.length - 1), LONGEST_PAUSE_MS))
    }
  }
  const stop = async (): Promise<void> => {
    stopping.abort()
    const running = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    await Promise.all(running.map((worker) => stopWorker(worker, stopDeadlineMs, log)))
    cluster.off('exit', died)
  }

  cluster.on('exit', died)
  try {
    const first = Array.from({ length: count }, fork)
    const [port = 0] = await Promise.race([Promise.all(first.map(listening)), failure.promise.then(raise)])
    phase = 'serving'
    return { port, failed: failure.promise, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Answers the port, the same for all. */
const listening = (worker: Worker): Promise<number> =>
  new Promise((resolve) => void worker.once('listening', ({ port }) => resolve(port)))

function raise(error: AppError): never {
  throw error
}
