import { z } from 'zod'
import { defineJob } from '../../jobs/job.ts'

/** Tells of all alerts that no letter has told of yet. */
export const alertLetter = defineJob({ name: 'alerts.tell', schema: z.strictObject({}) })
