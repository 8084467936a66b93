import { type Acknowledging, createAcknowledging } from '../audit/acknowledging/service.ts'
import { appendToChain } from '../audit/chain/append.ts'
import { type AuditExport, createAuditExport } from '../audit/export/service.ts'
import { createCursors } from '../audit/query/cursor.ts'
import { type AuditQuery, createAuditQuery } from '../audit/query/service.ts'
import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { actorNames } from './actor-names.ts'
import { openEntryOpener } from './entry-opener.ts'
import type { Services } from './services.ts'

interface AuditLogDeps {
  readonly services: Pick<Services, 'database' | 'keyring' | 'events'>
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
}

export interface AuditLog {
  readonly query: AuditQuery
  readonly exports: AuditExport
  readonly acknowledging: Acknowledging
}

/** The log as it is read: page by page, and as a whole. */
export function openAuditLog({ services, config, clock, log }: AuditLogDeps): AuditLog {
  const { database, keyring, events } = services
  const { owner } = database
  const opener = openEntryOpener(keyring)
  const names = actorNames(keyring)
  const append = () => appendToChain({ owner, names, clock, log })
  return {
    query: createAuditQuery({ database, opener, cursors: createCursors(keyring.derive('audit cursors')) }),
    exports: createAuditExport({
      owner,
      opener,
      record: events.recordEvent,
      append,
      issuer: config.server.issuerUrl,
      clock,
    }),
    acknowledging: createAcknowledging({ owner, clock, log, record: events.recordEvent, append }),
  }
}
