import { z } from 'zod'
import { inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { forgotten } from './event.ts'
import { deleteEnded, idleSessions } from './old-store.ts'
import type { Origin, RecordEvent } from './ports.ts'
import type { Sessions } from './service.ts'

const cleanSessions = defineJob({ name: 'sessions.clean', schema: z.strictObject({}), overlap: 'never' })

export const sessionJobKinds = [cleanSessions]
export const sessionJobSchedules: readonly JobSchedule[] = [schedule(cleanSessions, '41 * * * *')]

interface CleanupDeps {
  readonly owner: Db
  readonly sessions: Pick<Sessions, 'end'>
  readonly record: RecordEvent
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds. */
  readonly idle: number
  readonly remembered: number
  /** Sessions in one transaction: so that none is long. */
  readonly batch?: number
}

const BATCH = 200
const by: Origin = { actor: { kind: 'system', id: 'sessions.clean' } }

/**
 * A session that fell asleep is ended in writing, as one that somebody ended was; and what has been over for long is
 * forgotten, for device and address are about a person. That a session was, and when it ended, stays in the events.
 */
export const sessionJobHandlers = (deps: CleanupDeps): JobHandler[] => [
  handle(cleanSessions, async (_payload, { signal }) => {
    const { batch = BATCH } = deps
    const ended = await inBatches(signal, batch, () => endIdle(deps, batch))
    const forgot = await inBatches(signal, batch, () => forgetOld(deps, batch))
    if (ended + forgot > 0) deps.log.debug({ ended, forgotten: forgot }, 'sessions that are over were cleaned up')
  }),
]

const ago = (clock: Clock, ms: number) => new Date(clock.now().getTime() - ms)

async function endIdle({ owner, sessions, clock, idle }: CleanupDeps, limit: number): Promise<number> {
  const ids = await idleSessions(owner, ago(clock, idle), limit)
  await inTransaction(owner, async (tx) => {
    for (const id of ids) await sessions.end(tx, by, id, 'idle')
  })
  return ids.length
}

const forgetOld = ({ owner, record, clock, remembered }: CleanupDeps, limit: number): Promise<number> =>
  inTransaction(owner, async (tx) => {
    const deleted = await deleteEnded(tx, ago(clock, remembered), limit)
    for (const session of deleted) await record(tx, by, forgotten(session))
    return deleted.length
  })

async function inBatches(signal: AbortSignal, batch: number, once: () => Promise<number>): Promise<number> {
  let total = 0
  for (;;) {
    const done = await once()
    total += done
    if (done < batch || signal.aborted) return total
  }
}
