import { z } from 'zod'
import { alertRules } from '../config/sections/alerts.ts'

/** What the event of an alert says, as it stands in the log. */
export const alertFields = z.object({
  rule: z.enum(alertRules),
  subject: z.string(),
  /** The event that raised it, and its action. */
  event: z.string(),
  action: z.string(),
  count: z.number().optional(),
})
export type AlertFields = z.output<typeof alertFields>
