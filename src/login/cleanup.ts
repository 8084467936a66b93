import { z } from 'zod'
import type { Db } from '../db/types.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import { deleteExpiredAttempts } from './attempts/store.ts'

const forgetAttempts = defineJob({ name: 'login_attempts.forget', schema: z.strictObject({}), overlap: 'never' })

export const loginJobKinds = [forgetAttempts]
export const loginJobSchedules: readonly JobSchedule[] = [schedule(forgetAttempts, '*/15 * * * *')]

interface CleanupDeps {
  readonly db: Db
  readonly clock: Clock
}

/** An attempt lives as long as the interaction it belongs to; what is past that is nobody's any more. */
export const loginJobHandlers = ({ db, clock }: CleanupDeps): JobHandler[] => [
  handle(forgetAttempts, async () => {
    await deleteExpiredAttempts(db, clock.now())
  }),
]
