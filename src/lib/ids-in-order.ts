import { randomInt } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Id, IdKind } from './ids.ts'

/**
 * How far the time in an id may be from the time that stands beside it. Whoever looks for what happened in some hour looks
 * at the ids of that hour, and of this much before and after it.
 */
export const NEAR_ITS_TIME_MS = 60_000

export interface Moment<P extends string> {
  readonly id: Id<P>
  readonly at: Date
}

interface Last {
  ms: number
  order: number
}

/** By the clock: whoever shares one is in one order, in however many rooms they are. */
const lastOf = new WeakMap<Clock, Last>()

/**
 * Ids that say when: made from the clock's time, so that they can be found by it, and rising within a process. Where a clock
 * is set back a little they go on rising; where it is set back by more they follow it, since what cannot be found by its
 * time is worse than an order that the clock itself denies.
 */
export const idsInOrder =
  <P extends string>(kind: IdKind<P>, clock: Clock): (() => Moment<P>) =>
  () => {
    const at = clock.now()
    const { ms, order } = following(lastOf.get(clock), at.getTime())
    lastOf.set(clock, { ms, order })
    return { id: kind.generateAt(ms, order), at }
  }

/** The upper half is left for those that follow in the same millisecond. */
const firstOrder = () => randomInt(2 ** 31)

function following(last: Last | undefined, now: number): Last {
  if (!last || now > last.ms || last.ms - now > NEAR_ITS_TIME_MS) return { ms: now, order: firstOrder() }
  return last.order === 2 ** 32 - 1 ? { ms: last.ms + 1, order: firstOrder() } : { ms: last.ms, order: last.order + 1 }
}

/** The lowest UUIDv7 of a millisecond, for a range of them in SQL. */
export function lowestUuidAt(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
