import { z } from 'zod'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'

const lookAfterKeys = defineJob({ name: 'api_keys.ending', schema: z.strictObject({}), overlap: 'never' })

export const apiKeyJobKinds = [lookAfterKeys]
export const apiKeyJobSchedules: readonly JobSchedule[] = [schedule(lookAfterKeys, '29 * * * *')]

export const apiKeyJobHandlers = (work: (signal: AbortSignal) => Promise<void>): JobHandler[] => [
  handle(lookAfterKeys, (_payload, { signal }) => work(signal)),
]
