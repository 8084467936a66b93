import type { AppError } from '../errors/app-error.ts'
import { startBackground } from './background.ts'
import { prepareDatabase } from './prepare.ts'
import type { ServeOptions } from './serve.ts'
import { openServices, type Services } from './services.ts'
import { startServing } from './serving.ts'
import type { HeldTarget } from './target.ts'
import { startWorkers } from './workers.ts'

type PrimaryOptions = ServeOptions & Pick<HeldTarget, 'target' | 'embedded'>

/** The process that an instance begins with: it prepares the database, does the background work, and serves or has workers that do. */
export async function runPrimary(options: PrimaryOptions, stop: Promise<unknown>): Promise<void> {
  const { target, embedded, log } = options
  await using held = new AsyncDisposableStack()
  await prepareDatabase(target, options)
  const services = await openServices({ ...options, actor: { kind: 'system', id: 'server' } })
  held.defer(() => services.close())
  const front = await startFront(services, options)
  held.defer(() => front.stop())
  const background = await startBackground(services, log)
  // Readiness fails at once, not when the last job is done.
  held.defer(async () => void (await Promise.all([front.stop(), background.stop()])))
  const failure = await Promise.race([stop.then(() => undefined), front.failed, embedded?.exited ?? never])
  if (failure) throw failure
}

interface Front {
  /** Never resolves while all is well. */
  readonly failed: Promise<AppError>
  stop(): Promise<void>
}

const never = new Promise<never>(() => {})

/** The part that answers requests. */
async function startFront(services: Services, { config, clock, log }: ServeOptions): Promise<Front> {
  const { workers, shutdownGrace, drainDelay, issuerUrl: issuer } = config.server
  const announce = (port: number) => log.info({ issuer, port, workers }, `Hearthkey is ready at ${issuer}`)
  if (workers === 1) {
    const serving = await startServing({ config, services, clock, log })
    announce(serving.port)
    return { failed: never, stop: serving.stop }
  }
  const started = await startWorkers({ count: workers, clock, log, stopDeadlineMs: drainDelay + shutdownGrace + 5_000 })
  announce(started.port)
  return started
}
