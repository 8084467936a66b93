import { z } from 'zod'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'

const checkLicense = defineJob({ name: 'licenses.check', schema: z.strictObject({}), overlap: 'never' })

export const licenseJobKinds = [checkLicense]
/** Hourly: the time that is kept is never older than that. The log hears of it once a day. */
export const licenseJobSchedules: readonly JobSchedule[] = [schedule(checkLicense, '37 * * * *')]

export const licenseJobHandlers = (check: () => Promise<unknown>): JobHandler[] => [
  handle(checkLicense, async () => {
    await check()
  }),
]
