import { z } from 'zod'
import { defineJob } from '../../jobs/job.ts'
import { endpointId } from '../endpoints/endpoint.ts'
import { deliveryId } from './delivery.ts'

/**
 * One attempt. When the next one is due stands in the delivery, and another job rings for it: a job of the queue that fails is
 * one whose process died or whose database was away, and is as good as not begun.
 */
export const deliverWebhook = defineJob({
  name: 'webhooks.deliver',
  schema: z.strictObject({ delivery: deliveryId.schema }),
  retry: { limit: 100, firstSeconds: 1, mostSeconds: 60 },
  timeoutSeconds: 120,
  // Of one endpoint one at a time, of one organisation two (`groupOf`): who hangs leaves the others to the rest.
  concurrency: 8,
  // What failed once is behind all that is new (`jobFor`): it has its turn here while new messages of anybody never end.
  unhurried: 2,
})

/**
 * Its endpoint was enabled again; or, as it says, has rested, and so many of what was put off are to see how it fares: all
 * of it where it has taken something since.
 */
export const resumeDeliveries = defineJob({
  name: 'webhooks.resume',
  schema: z.strictObject({
    endpoint: endpointId.schema,
    rested: z.boolean().default(false),
    most: z.int().positive().nullable().default(null),
  }),
})

export const cleanDeliveries = defineJob({ name: 'webhooks.clean', schema: z.strictObject({}), overlap: 'never' })
