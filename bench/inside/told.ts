import { z } from 'zod'

export const told = z.object({
  /** That were sent to the database. */
  statements: z.int(),
  /** Of the event loop, in milliseconds. */
  delay: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
})
/** Since it was asked the last time. */
export type Told = z.infer<typeof told>
