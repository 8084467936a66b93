import { z } from 'zod'
import { defineJob } from '../jobs/job.ts'
import { mailId } from './mail.ts'

/** Two side by side: one mail server, and letters that are seconds apart. */
export const DELIVERIES_AT_ONCE = 2

export const deliverMail = defineJob({
  name: 'mail.deliver',
  schema: z.strictObject({ mail: mailId.schema }),
  concurrency: DELIVERIES_AT_ONCE,
})
