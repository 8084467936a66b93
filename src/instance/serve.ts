import cluster from 'node:cluster'
import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { stopSignal } from './stop-signal.ts'
import { ownTarget, reachTarget } from './target.ts'

export interface ServeOptions {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
}

/**
 * Runs until it is asked to stop. What was started last is stopped first; the database goes down when nobody uses it
 * any more. The modules that serve are loaded while PostgreSQL starts: each takes about as long as the other.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const stop = stopSignal(options.log)
  await using held = new AsyncDisposableStack()
  if (cluster.isWorker) {
    // The channel to the primary would keep a worker alive that has nothing left to do.
    held.defer(() => void cluster.worker?.disconnect())
    const { target } = await reachTarget(options.config, options.log)
    const { runWorker } = await import('./worker.ts')
    await runWorker({ ...options, target }, stop)
    return
  }
  const loading = import('./primary.ts')
  const database = await ownTarget(options.config, options.log)
  held.defer(() => database.release())
  const { runPrimary } = await loading
  await runPrimary({ ...options, ...database }, stop)
}
