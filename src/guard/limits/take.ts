import type { Clock } from '../../lib/clock.ts'
import type { Add, Change, Counted, Counters } from './counters.ts'
import type { Refused } from './refused.ts'
import type { Limit } from './rule.ts'
import { fits, needsPrevious, type Place, placeAt, room, surelyFits, waitFor } from './window.ts'

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
const uncounted: Counted = { numbers: [], giveBack: nothing }

/** The two windows that are asked for, and what clocks of several instances may differ by. */
const secondsKept = ({ window }: Limit) => Math.ceil((2 * window) / 1000) + 60

export interface AskedLimit {
  readonly limit: Limit
  readonly key: string
}

/**
 * Counts first and judges the numbers that came of it: of many at once each gets another one, so no more get in than the
 * limit says. What is refused is given back: whoever comes too often is slowed down to the limit, not shut out for as long
 * as they try.
 */
export async function takeAll(
  deps: TakeDeps,
  asked: readonly AskedLimit[],
  add: Add = deps.counters.add,
): Promise<Taken[]> {
  const { refused } = deps
  const now = deps.clock.now()
  const places = asked.map((one) => ({ ...one, place: placeAt(now, one.limit), until: refused.until(one.key, now) }))
  const open = places.filter(({ until }) => until === undefined)
  const { numbers, giveBack } =
    open.length === 0
      ? uncounted
      : await add(open.map((one) => ({ ...change(one), surely: surelyFits(one.limit, one.place) })))
  const current = new Map(open.map((one, index) => [one, numbers[index] ?? 0]))
  return Promise.all(
    places.map((one) =>
      one.until
        ? over(one.limit, one.until.getTime() - now.getTime())
        : judged(deps, one, { number: current.get(one) ?? 0, giveBack: () => giveBack(change(one)) }, now),
    ),
  )
}

interface Placed extends AskedLimit {
  readonly place: Place
}

const inWindow = ({ key }: AskedLimit, window: number) => `${key}:${window}`

const change = (one: Placed): Change => ({
  key: inWindow(one, one.place.window),
  amount: 1,
  seconds: secondsKept(one.limit),
})

const over = (limit: Limit, wait: number): Taken => ({ limit, remaining: 0, wait, resetMs: wait, giveBack: nothing })

async function judged(
  { counters, refused }: TakeDeps,
  one: Placed,
  { number: current, giveBack }: { readonly number: number; giveBack(): Promise<void> },
  now: Date,
): Promise<Taken> {
  const { limit, key, place } = one
  const previous = needsPrevious(limit, place, current) ? await counters.read(inWindow(one, place.window - 1)) : 0
  if (!fits(limit, place, current, previous)) {
    const wait = waitFor(limit, place, current, previous)
    refused.add(key, now, new Date(now.getTime() + wait))
    await giveBack()
    return over(limit, wait)
  }
  const remaining = Math.floor(room(limit, place, current, previous))
  return { limit, remaining, wait: 0, resetMs: place.rest, giveBack }
}

/** Of what this process already knows, without asking anybody. */
export const isKnownRefused = ({ refused, clock }: Pick<TakeDeps, 'refused' | 'clock'>, key: string): boolean =>
  refused.until(key, clock.now()) !== undefined
