import { appendToChain } from '../audit/chain/append.ts'
import { auditJobHandlers } from '../audit/jobs.ts'
import type { Config } from '../config/config.ts'
import type { JobHandler } from '../jobs/handler.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { actorNames } from './actor-names.ts'
import { logReaders } from './log-readers.ts'
import type { Services } from './services.ts'

interface AuditJobsOptions {
  readonly config: Pick<Config, 'audit'>
  readonly services: Pick<Services, 'database' | 'events' | 'keyring'>
  readonly clock: Clock
  readonly log: Log
}

/** What looks after the log of events each night. */
export const auditJobs = ({ config, services, clock, log }: AuditJobsOptions): JobHandler[] => {
  const { owner } = services.database
  return auditJobHandlers({
    owner,
    clock,
    log,
    record: services.events.recordEvent,
    retentionMs: config.audit.retention,
    readers: logReaders(config).ofEntries,
    append: () => appendToChain({ owner, names: actorNames(services.keyring), clock, log }),
  })
}
