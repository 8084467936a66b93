import type { Follower } from '../audit/following/follower.ts'
import type { Config } from '../config/config.ts'
import { startWorker } from '../jobs/worker.ts'
import type { Log } from '../lib/log.ts'
import { followForAlerts } from './alerts.ts'
import { streamAuditLog } from './audit-stream.ts'
import { keepChain } from './chain.ts'
import { jobHandlers, jobSchedules } from './jobs.ts'
import { openPostOffice } from './post-office.ts'
import type { ServeOptions } from './serve.ts'
import type { Services } from './services.ts'
import { webhookDispatch } from './webhook-deliveries.ts'

export interface Background {
  stop(): Promise<void>
}

/** How long a stop waits for jobs that run; what is not done by then goes to another worker, or to the next start. */
const STOP_DEADLINE_MS = 10_000

/** The background work of one instance: one process has it, however many serve. */
export async function startBackground(services: Services, { config, clock, log }: ServeOptions): Promise<Background> {
  const stops: (() => Promise<void>)[] = []
  await using begun = new AsyncDisposableStack()
  // A step that fails leaves nothing behind that would keep the process alive, on services that are closed.
  begun.defer(async () => void (await Promise.all(stops.map((stop) => stop()))))
  const post = openPostOffice({ config, services, clock, log })
  const worker = await startWorker({
    pool: services.database.ownerPool,
    listener: services.listener,
    handlers: jobHandlers({ config, services, clock, log, post }),
    schedules: jobSchedules,
    log,
  })
  stops.push(async () => {
    await worker.stop(STOP_DEADLINE_MS)
    post.close()
  })
  const streaming = streamAuditLog({ services, config, clock, log })
  stops.push(() => streaming.stop())
  const chain = await keepChain({
    config,
    services,
    clock,
    log,
    followers: followersOf({ config, services, clock, log }),
  })
  stops.push(() => chain.stop())
  sayHowMailLeaves(config, log)
  await services.licenses.check()
  const held = begun.move()
  return { stop: () => held.disposeAsync() }
}

/** Who hears of every event once it is in the chain. */
const followersOf = (
  options: Pick<ServeOptions, 'config' | 'clock' | 'log'> & { readonly services: Services },
): Follower[] => [webhookDispatch(options), followForAlerts(options)]

/** Once a start: nobody should wait for a letter that waits for them. */
function sayHowMailLeaves({ mail }: Config, log: Log): void {
  if (!mail.url)
    log.info('Mail is not configured: letters wait in the outbox, and hearthkey outbox list shows them on this host.')
}
