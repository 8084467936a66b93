import { z } from 'zod'
import type { Db } from '../db/types.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import { deleteExpiredCounters } from './limits/store.ts'

const nothing = z.strictObject({})
const forgetRequests = defineJob({ name: 'rate_limits.forget', schema: nothing, overlap: 'never' })
const forgetAttempts = defineJob({ name: 'lockouts.forget', schema: nothing, overlap: 'never' })

export const guardJobKinds = [forgetRequests, forgetAttempts]
export const guardJobSchedules: readonly JobSchedule[] = [
  schedule(forgetRequests, '*/10 * * * *'),
  schedule(forgetAttempts, '41 4 * * *'),
]

interface CleanupDeps {
  readonly db: Db
  readonly clock: Clock
  readonly lockout: { forgetOld(): Promise<void> }
  readonly browsers: { forgetOld(): Promise<void> }
}

export const guardJobHandlers = ({ db, clock, lockout, browsers }: CleanupDeps): JobHandler[] => [
  handle(forgetRequests, () => deleteExpiredCounters(db, clock.now())),
  handle(forgetAttempts, async () => {
    await lockout.forgetOld()
    await browsers.forgetOld()
  }),
]
