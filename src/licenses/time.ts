import { z } from 'zod'

/** The latest time that was seen here, and the latest moment at which a vendor signed what was installed here. */
export const seenTime = z.strictObject({
  highest: z.number(),
  issued: z.number(),
  /** By vendor, when the latest list of revocations was signed that was installed here: a row that was deleted is missed. */
  lists: z.record(z.string(), z.number()).default({}),
})
export type SeenTime = z.output<typeof seenTime>

/** A clock that is corrected, and instances whose clocks differ a little. */
export const TOLERANCE_MS = 5 * 60_000

export interface Moment {
  /** What counts. */
  readonly now: Date
  readonly setBack: { readonly clock: Date; readonly highest: Date } | undefined
}

/** Time does not run backwards: whoever sets the clock back gets no day more of a licence that has ended. */
export function momentOf(clock: Date, seen: SeenTime | undefined): Moment {
  if (!seen || clock.getTime() >= seen.highest) return { now: clock, setBack: undefined }
  const highest = new Date(seen.highest)
  return { now: highest, setBack: clock.getTime() < seen.highest - TOLERANCE_MS ? { clock, highest } : undefined }
}

/**
 * A licence that was signed later than all before it is its vendor's word for what time it was: time counts anew from
 * the clock, which may not be before that. It is the way out where a clock once stood far in the future.
 */
export function momentToInstall(clock: Date, seen: SeenTime | undefined, issued: number): Moment {
  return seen && issued <= seen.issued ? momentOf(clock, seen) : { now: clock, setBack: undefined }
}
