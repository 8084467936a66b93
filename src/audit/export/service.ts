import { sql } from 'kysely'
import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ActorContext } from '../actor.ts'
import type { EntryOpener } from '../entry/opened.ts'
import type { EventFilter } from '../query/filter.ts'
import { inSnapshot } from '../verify/source/in-snapshot.ts'
import type { EventWriter } from '../writer.ts'
import { type ExportLine, exportLines } from './lines.ts'

export interface Exporting {
  readonly filter: EventFilter
  readonly format: 'ndjson' | 'csv'
  readonly onProgress?: ((seq: number, total: number) => void) | undefined
}

export interface AuditExport {
  /** `take` reads at its own pace, and nothing more is read from the database than it takes. */
  run<T>(by: ActorContext, asked: Exporting, take: (lines: AsyncIterable<ExportLine>) => Promise<T>): Promise<T>
}

interface ExportDeps {
  readonly owner: Db
  readonly opener: EntryOpener
  readonly record: EventWriter['recordEvent']
  /** Puts into the chain what is not in it yet: what happened a moment ago belongs to the export. */
  readonly append: () => Promise<unknown>
  readonly issuer: string
  readonly clock: Clock
}

/**
 * That the log was exported is an event, and comes first: what was taken along is taken, however the export ends. What is
 * read is one snapshot, or retention could take away in the middle of it what was still to be read.
 */
export const createAuditExport = ({ owner, opener, record, append, issuer, clock }: ExportDeps): AuditExport => ({
  run: async (by, { filter, format, onProgress }, take) => {
    await inInstance(owner, (tx) =>
      record(tx, filter.organisation ? { ...by, organisation: filter.organisation } : by, {
        action: 'audit.exported',
        target: filter.organisation ?? issuer,
        after: { public: { format, ...described(filter) } },
      }),
    )
    await append()
    return inSnapshot(owner, async (tx) => {
      await sql`SELECT set_config('idle_in_transaction_session_timeout', ${PAUSE}, true)`.execute(tx)
      return take(exportLines(tx, { opener, filter, issuer, now: clock.now(), onProgress }))
    })
  },
})

/** For how long whoever reads may stop reading: a snapshot that is held keeps the database from tidying up. */
const PAUSE = '10min'

const described = ({ actor, action, target, from, to, requestId }: EventFilter) => ({
  ...(actor && { actor: actor.id ?? actor.kind }),
  ...(action !== undefined && { action }),
  ...(target && { target: target.id }),
  ...(from && { from: from.toISOString() }),
  ...(to && { to: to.toISOString() }),
  ...(requestId !== undefined && { request: requestId }),
})
