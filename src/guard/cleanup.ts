import { z } from 'zod'
import type { Db } from '../db/types.ts'
import { inBatches } from '../jobs/batches.ts'
import { deleteExpired, sweepExpired } from '../jobs/expiry.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'

const forgetAttempts = defineJob({ name: 'lockouts.forget', schema: z.strictObject({}), overlap: 'never' })

export const guardJobKinds = [forgetAttempts]
export const guardJobSchedules: readonly JobSchedule[] = [schedule(forgetAttempts, '41 4 * * *')]

/** In milliseconds since 1970, as the limiter writes it. */
export const limitSweep = sweepExpired('rate_limits.forget', '*/10 * * * *', [
  { table: 'rate_limits', column: 'expire', written: (moment) => String(moment.getTime()) },
])

interface CleanupDeps {
  readonly owner: Db
  readonly lockout: { forgetOld(): Promise<void> }
  /** Browsers that were seen last before this moment are known no longer. */
  readonly browsers: { unseenSince(): Date }
}

export const guardJobHandlers = ({ owner, lockout, browsers }: CleanupDeps): JobHandler[] => [
  handle(forgetAttempts, async (_payload, { signal }) => {
    await lockout.forgetOld()
    const before = browsers.unseenSince()
    const unseen = { table: 'known_browsers', column: 'last_seen_at' } as const
    await inBatches(signal, BATCH, (batch) => deleteExpired(owner, unseen, before, batch))
  }),
]

const BATCH = 1000
