import { z } from 'zod'
import { inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { inBatches } from '../jobs/batches.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { forgotten } from './event.ts'
import { type Due, deleteEnded, lockFree, lookAgain, lookNoMore, sessionsToLookAt } from './old-store.ts'
import type { Origin, RecordEvent } from './ports.ts'
import type { Sessions } from './service.ts'
import type { SessionId } from './session.ts'

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
  readonly absolute: number
  readonly remembered: number
  /** Sessions in one transaction: so that none is long. */
  readonly batch?: number
}

const BATCH = 200
const by: Origin = { actor: { kind: 'system', id: 'sessions.clean' } }

/**
 * A session that fell asleep, or whose time is over, is ended in writing, as one that somebody ended was; and what has been over for long is
 * forgotten, for device and address are about a person. That a session was, and when it ended, stays in the events.
 */
export const sessionJobHandlers = (deps: CleanupDeps): JobHandler[] => [
  handle(cleanSessions, async (_payload, { signal }) => {
    const { batch = BATCH } = deps
    const looked = await inBatches(signal, batch, (most) => endOver(deps, most))
    const forgot = await inBatches(signal, batch, (most) => forgetOld(deps, most))
    if (looked + forgot > 0) deps.log.debug({ looked, forgotten: forgot }, 'sessions were cleaned up')
  }),
]

const ago = (clock: Clock, ms: number) => new Date(clock.now().getTime() - ms)

/** What somebody holds at this moment is looked at again after it. */
const SOON_MS = 60_000

/** Each look ends the session, or finds out when it could be over at the earliest. */
const endOver = (deps: CleanupDeps, limit: number): Promise<number> =>
  inTransaction(deps.owner, async (tx) => {
    const now = deps.clock.now()
    const due = await sessionsToLookAt(tx, now, limit)
    const standing = due.filter(({ hasEnded }) => !hasEnded).map((one) => ({ id: one.id, ...overAt(deps, one) }))
    const over = standing.filter(({ at }) => at <= now)
    const free = await lockFree(tx, over.map(idOf))
    for (const { id, reason } of over) if (free.has(id)) await deps.sessions.end(tx, by, id, reason)
    const soon = { at: new Date(now.getTime() + SOON_MS) }
    await lookAgain(tx, [
      ...standing.filter(({ at }) => at > now),
      ...over.filter(({ id }) => !free.has(id)).map(({ id }) => ({ id, ...soon })),
    ])
    const gone = due.filter(({ hasEnded }) => hasEnded).map(idOf)
    await lookNoMore(tx, [...gone, ...free])
    return due.length
  })

const idOf = ({ id }: { readonly id: SessionId }) => id

/** When it is over if its browser is not seen again. */
function overAt(
  { idle, absolute }: Pick<CleanupDeps, 'idle' | 'absolute'>,
  { createdAt, lastSeenAt = createdAt }: Due,
): { readonly at: Date; readonly reason: 'idle' | 'expired' } {
  const [asleep, expired] = [lastSeenAt.getTime() + idle, createdAt.getTime() + absolute]
  return asleep < expired ? { at: new Date(asleep), reason: 'idle' } : { at: new Date(expired), reason: 'expired' }
}

const forgetOld = ({ owner, record, clock, remembered }: CleanupDeps, limit: number): Promise<number> =>
  inTransaction(owner, async (tx) => {
    const deleted = await deleteEnded(tx, ago(clock, remembered), limit)
    for (const session of deleted) await record(tx, by, forgotten(session))
    return deleted.length
  })
