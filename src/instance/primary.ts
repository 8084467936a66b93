import type { AppError } from '../errors/app-error.ts'
import { startBackground } from './background.ts'
import { rootCause, thrownFirst } from './cause.ts'
import { inviteFirstAdministrator } from './invite.ts'
import { prepareDatabase } from './prepare.ts'
import type { ServeOptions } from './serve.ts'
import { openServices, type Services } from './services.ts'
import { startServing } from './serving.ts'
import type { OwnedTarget } from './target.ts'
import { loadWords } from './words.ts'
import { startWorkers } from './workers.ts'

type PrimaryOptions = ServeOptions & Pick<OwnedTarget, 'target' | 'embedded'>

/** The process that an instance begins with: it prepares the database, does the background work, and serves or has workers that do. */
export async function runPrimary(options: PrimaryOptions, stop: Promise<unknown>): Promise<void> {
  const { embedded, log } = options
  try {
    await live(options, stop)
  } catch (error) {
    throw await rootCause(thrownFirst(error, log), embedded, log)
  }
}

async function live(options: PrimaryOptions, stop: Promise<unknown>): Promise<void> {
  const { target, embedded, log, config } = options
  await using held = new AsyncDisposableStack()
  // A mistake in the operator's texts stops the start here, not each worker at its own.
  loadWords(config)
  await prepareDatabase(target, options)
  const services = await openServices({ ...options, actor: { kind: 'system', id: 'server' }, bootstrap: true })
  held.defer(() => services.close())
  const front = await startFront(services, options)
  held.defer(() => front.stop())
  const background = await startBackground(services, options)
  // Readiness fails at once, not when the last job is done.
  held.defer(async () => void (await Promise.all([front.stop(), background.stop()])))
  const { issuerUrl: issuer, workers } = config.server
  await inviteFirstAdministrator(services, options)
  log.info({ issuer, port: front.port, workers }, `Hearthkey is ready at ${issuer}`)
  const failure = await Promise.race([stop.then(() => undefined), front.failed, embedded?.exited ?? never])
  if (failure) throw failure
}

interface Front {
  readonly port: number
  /** Never resolves while all is well. */
  readonly failed: Promise<AppError>
  stop(): Promise<void>
}

const never = new Promise<never>(() => {})

/** The part that answers requests. */
async function startFront(services: Services, { config, clock, log }: ServeOptions): Promise<Front> {
  const { workers, shutdownGrace, drainDelay } = config.server
  if (workers > 1)
    return startWorkers({ count: workers, clock, log, stopDeadlineMs: drainDelay + shutdownGrace + 5_000 })
  const { port, stop } = await startServing({ config, services, clock, log })
  return { port, stop, failed: never }
}
