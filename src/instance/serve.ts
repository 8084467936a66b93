import cluster from 'node:cluster'
import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { thrownFirst } from './cause.ts'
import { refuseUnusableFiles } from './named-files.ts'
import { stopSignal } from './stop-signal.ts'
import { findTarget, ownTarget } from './target.ts'

export interface ServeOptions {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
}

/** Runs until it is asked to stop. */
export async function serve(options: ServeOptions): Promise<void> {
  const { log } = options
  try {
    await (cluster.isWorker ? serveAsWorker(options) : serveAsPrimary(options))
    if (cluster.isPrimary) log.info('stopped')
  } catch (error) {
    throw thrownFirst(error, log)
  }
}

/**
 * What was started last is stopped first; the database goes down when nobody uses it any more. The modules that serve
 * are loaded while PostgreSQL starts, each of which takes about as long as the other: not before it was told to, because
 * to load them keeps this thread from telling it.
 */
async function serveAsPrimary(options: ServeOptions): Promise<void> {
  const stop = stopSignal(options.log)
  await refuseUnusableFiles(options.config)
  await using held = new AsyncDisposableStack()
  const load = once(() => import('./primary.ts'))
  const database = await ownTarget(options.config, options.log, () => void load())
  held.defer(() => database.release())
  const { runPrimary } = await load()
  await runPrimary({ ...options, ...database }, stop)
}

async function serveAsWorker(options: ServeOptions): Promise<void> {
  // Ctrl-C reaches the whole group of processes: when a worker stops is the primary's to say.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  const stop = stopSignal(options.log, ['SIGTERM'])
  await using held = new AsyncDisposableStack()
  // The channel to the primary would keep a worker alive that has nothing left to do.
  held.defer(() => void cluster.worker?.disconnect())
  const target = await findTarget(options.config)
  const { runWorker } = await import('./worker.ts')
  await runWorker({ ...options, target }, stop)
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined
  return () => {
    begun ??= work()
    return begun
  }
}
