import { z } from 'zod'
import type { Db } from '../db/types.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import { deleteExpiredLinks } from './store.ts'

const sweepLinks = defineJob({ name: 'links.sweep', schema: z.strictObject({}), overlap: 'never' })

export const linkJobKinds = [sweepLinks]
export const linkJobSchedules: readonly JobSchedule[] = [schedule(sweepLinks, '*/20 * * * *')]

interface CleanupDeps {
  readonly db: Db
  readonly clock: Clock
}

const BATCH = 1000

/** What has expired opens nothing any more; this is for the room that it takes, and for the data that it holds. */
export const linkJobHandlers = ({ db, clock }: CleanupDeps): JobHandler[] => [
  handle(sweepLinks, async (_payload, { signal }) => {
    for (;;) {
      const deleted = await deleteExpiredLinks(db, clock.now(), BATCH)
      if (deleted < BATCH || signal.aborted) return
    }
  }),
]
