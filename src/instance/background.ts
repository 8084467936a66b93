import { startWorker } from '../jobs/worker.ts'
import { jobHandlers, jobSchedules } from './jobs.ts'
import type { ServeOptions } from './serve.ts'
import type { Services } from './services.ts'

export interface Background {
  stop(): Promise<void>
}

/** How long a stop waits for jobs that run; what is not done by then goes to another worker, or to the next start. */
const STOP_DEADLINE_MS = 10_000

/** The background work of one instance: one process has it, however many serve. */
export async function startBackground(services: Services, { config, clock, log }: ServeOptions): Promise<Background> {
  const worker = await startWorker({
    pool: services.database.ownerPool,
    listener: services.listener,
    handlers: jobHandlers({ config, services, clock, log }),
    schedules: jobSchedules,
    log,
  })
  return { stop: () => worker.stop(STOP_DEADLINE_MS) }
}
