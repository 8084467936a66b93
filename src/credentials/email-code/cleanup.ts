import { z } from 'zod'
import type { Db } from '../../db/types.ts'
import { handle, type JobHandler } from '../../jobs/handler.ts'
import { defineJob } from '../../jobs/job.ts'
import { type JobSchedule, schedule } from '../../jobs/schedule.ts'
import type { Clock } from '../../lib/clock.ts'
import { deleteExpiredCodes } from './store.ts'

const sweepCodes = defineJob({ name: 'email_codes.sweep', schema: z.strictObject({}), overlap: 'never' })

export const emailCodeJobKinds = [sweepCodes]
export const emailCodeJobSchedules: readonly JobSchedule[] = [schedule(sweepCodes, '14-59/20 * * * *')]

interface CleanupDeps {
  readonly db: Db
  readonly clock: Clock
}

const BATCH = 1000

/** What has expired opens nothing any more; this is for the room that it takes. */
export const emailCodeJobHandlers = ({ db, clock }: CleanupDeps): JobHandler[] => [
  handle(sweepCodes, async (_payload, { signal }) => {
    for (;;) {
      const deleted = await deleteExpiredCodes(db, clock.now(), BATCH)
      if (deleted < BATCH || signal.aborted) return
    }
  }),
]
