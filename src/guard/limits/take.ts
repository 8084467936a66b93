import type { Clock } from '../../lib/clock.ts'
import type { Counters } from './counters.ts'
import type { Refused } from './refused.ts'
import type { Limit } from './rule.ts'
import { fits, needsPrevious, placeAt, room, waitFor } from './window.ts'

/** How one limit answered one request. */
export interface Taken {
  readonly limit: Limit
  readonly remaining: number
  /** Milliseconds until one more fits; 0 where this one did. */
  readonly wait: number
  readonly resetMs: number
  giveBack(): Promise<void>
}

interface TakeDeps {
  readonly counters: Counters
  readonly refused: Refused
  readonly clock: Clock
}

const nothing = async () => {}

/** The two windows that are asked for, and what clocks of several instances may differ by. */
const secondsKept = ({ window }: Limit) => Math.ceil((2 * window) / 1000) + 60

/**
 * Counts first and judges the number that came of it: of many at once each gets another one, so no more get in than the
 * limit says. What is refused is given back: whoever comes too often is slowed down to the limit, not shut out for as long
 * as they try.
 */
export async function takeOne({ counters, refused, clock }: TakeDeps, limit: Limit, key: string): Promise<Taken> {
  const now = clock.now()
  const place = placeAt(now, limit)
  const over = (wait: number): Taken => ({ limit, remaining: 0, wait, resetMs: wait, giveBack: nothing })
  const until = refused.until(key, now)
  if (until) return over(until.getTime() - now.getTime())

  const inWindow = (window: number) => `${key}:${window}`
  const add = (amount: number) => counters.add(inWindow(place.window), amount, secondsKept(limit))
  const current = await add(1)
  const previous = needsPrevious(limit, place, current) ? await counters.read(inWindow(place.window - 1)) : 0
  if (!fits(limit, place, current, previous)) {
    const wait = waitFor(limit, place, current, previous)
    refused.add(key, now, new Date(now.getTime() + wait))
    await add(-1)
    return over(wait)
  }
  return {
    limit,
    remaining: Math.floor(room(limit, place, current, previous)),
    wait: 0,
    resetMs: place.rest,
    giveBack: async () => void (await add(-1)),
  }
}

/** Of what this process already knows, without asking anybody. */
export const isKnownRefused = ({ refused, clock }: Pick<TakeDeps, 'refused' | 'clock'>, key: string): boolean =>
  refused.until(key, clock.now()) !== undefined
