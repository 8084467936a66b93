import { z } from 'zod'

/** By language; what a file of places does not name in one is left out. */
const names = z.strictObject({ en: z.string().max(100).optional(), de: z.string().max(100).optional() }).readonly()

/** Where an address is, roughly: for the owner of a session to recognise it by, never to decide anything by. */
export const place = z
  .strictObject({
    city: names.optional(),
    /** ISO 3166-1, which every language has a name for. */
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional(),
  })
  .readonly()
export type Place = z.output<typeof place>
