import cluster from 'node:cluster'
import type { Config } from '../config/config.ts'
import type { EmbeddedServer } from '../db/embedded.ts'
import type { AppError } from '../errors/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { startBackground } from './background.ts'
import { prepareDatabase } from './prepare.ts'
import { startWorkers } from './primary.ts'
import { openServices, type Services } from './services.ts'
import { startServing } from './serving.ts'
import { stopSignal } from './stop-signal.ts'
import { ownTarget, reachTarget } from './target.ts'

interface ServeOptions {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
}

/** Runs until it is asked to stop. What was started last is stopped first; the database goes down when nobody uses it any more. */
export async function serve(options: ServeOptions): Promise<void> {
  if (cluster.isWorker) return serveAsWorker(options)
  const stop = stopSignal(options.log)
  await using held = new AsyncDisposableStack()
  const database = await ownTarget(options.config, options.log)
  held.defer(() => database.release())
  await prepareDatabase(database.target, options)
  const services = await openServices({ ...options, target: database.target, actor: { kind: 'system', id: 'server' } })
  held.defer(() => services.close())
  const background = await startBackground(services, options.log)
  held.defer(() => background.stop())
  const { failed } = await startFront(held, services, options)
  await untilStopped(stop, [failed, embeddedFailure(database.embedded)])
}

interface Front {
  /** Never resolves while all is well. */
  readonly failed: Promise<AppError>
}

/** The part that answers requests: this process, or workers. */
async function startFront(
  held: AsyncDisposableStack,
  services: Services,
  { config, clock, log }: ServeOptions,
): Promise<Front> {
  const { workers, shutdownGrace, drainDelay, issuerUrl } = config.server
  if (workers === 1) {
    const serving = await startServing({ config, services, clock, log })
    held.defer(() => serving.stop())
    log.info({ issuer: issuerUrl, port: serving.port }, `Hearthkey is ready at ${issuerUrl}`)
    return { failed: never }
  }
  const started = await startWorkers({ count: workers, clock, log, stopDeadlineMs: drainDelay + shutdownGrace + 5_000 })
  held.defer(() => started.stop())
  log.info({ issuer: issuerUrl, port: started.port, workers }, `Hearthkey is ready at ${issuerUrl}`)
  return started
}

async function serveAsWorker({ config, clock, log }: ServeOptions): Promise<void> {
  const stop = stopSignal(log)
  await using held = new AsyncDisposableStack()
  // The channel to the primary would keep a worker alive that has nothing left to do.
  held.defer(() => void cluster.worker?.disconnect())
  const { target } = await reachTarget(config, log)
  const services = await openServices({ config, target, clock, log, actor: { kind: 'system', id: 'server' } })
  held.defer(() => services.close())
  const serving = await startServing({ config, services, clock, log })
  held.defer(() => serving.stop())
  log.info({ pid: process.pid }, 'a worker serves')
  await stop
}

const never = new Promise<never>(() => {})

const embeddedFailure = (embedded: EmbeddedServer | undefined): Promise<AppError> => embedded?.exited ?? never

async function untilStopped(stop: Promise<unknown>, failures: readonly Promise<AppError>[]): Promise<void> {
  const failure = await Promise.race([stop.then(() => undefined), ...failures])
  if (failure) throw failure
}
