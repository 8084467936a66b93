import type { DatabaseTarget } from '../db/connection.ts'
import type { ServeOptions } from './serve.ts'
import { openServices } from './services.ts'
import { startServing } from './serving.ts'

/** One of several processes that answer requests; the primary looks after the database and the background work. */
export async function runWorker(
  { config, clock, log, target }: ServeOptions & { readonly target: DatabaseTarget },
  stop: Promise<unknown>,
): Promise<void> {
  await using held = new AsyncDisposableStack()
  const services = await openServices({
    config,
    target,
    clock,
    log,
    actor: { kind: 'system', id: 'server' },
    bootstrap: false,
  })
  held.defer(() => services.close())
  const serving = await startServing({ config, services, clock, log })
  held.defer(() => serving.stop())
  log.info({ pid: process.pid }, 'a worker serves')
  await stop
}
