import { z } from 'zod'
import type { Db } from '../../db/types.ts'
import { handle, type JobHandler } from '../../jobs/handler.ts'
import { defineJob } from '../../jobs/job.ts'
import { type JobSchedule, schedule } from '../../jobs/schedule.ts'
import type { Clock } from '../../lib/clock.ts'
import { deleteExpiredChallenges } from './challenge-store.ts'

const sweepChallenges = defineJob({ name: 'passkey_challenges.sweep', schema: z.strictObject({}), overlap: 'never' })

export const passkeyJobKinds = [sweepChallenges]
export const passkeyJobSchedules: readonly JobSchedule[] = [schedule(sweepChallenges, '13-59/20 * * * *')]

interface CleanupDeps {
  readonly db: Db
  readonly clock: Clock
}

const BATCH = 1000

/** What has expired counts for nothing any more; this is for the room that it takes. */
export const passkeyJobHandlers = ({ db, clock }: CleanupDeps): JobHandler[] => [
  handle(sweepChallenges, async (_payload, { signal }) => {
    for (;;) {
      const deleted = await deleteExpiredChallenges(db, clock.now(), BATCH)
      if (deleted < BATCH || signal.aborted) return
    }
  }),
]
