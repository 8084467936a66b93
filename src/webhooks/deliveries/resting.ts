import type { Clock } from '../../lib/clock.ts'
import type { EndpointId } from '../endpoints/endpoint.ts'

const MINUTE = 60_000
const LONGEST_REST = 15 * MINUTE
/** One after another, and nothing was taken in between. */
const FAILURES_TO_REST = 10
const FORGOTTEN = 24 * 60 * MINUTE

interface Rest {
  readonly until: number
  readonly times: number
  readonly failures: number
  /** Whether one message rings when it is over; the others wait for how that one fares. */
  readonly isWatched: boolean
}

/**
 * Endpoints that did not answer in time, fail whatever they are told, or asked to be spared. A thousand messages for one of
 * them would each take a worker for as long as a time-out: one of them tries now and then, the others come again when that has
 * gone well. It is of this process alone, and forgotten with it: another one finds out by itself.
 */
export class Resting {
  readonly #clock: Clock
  readonly #rests = new Map<EndpointId, Rest>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Until when it is left alone. */
  until(endpoint: EndpointId): Date | undefined {
    const rest = this.#rests.get(endpoint)
    return rest && rest.until > this.#clock.now().getTime() ? new Date(rest.until) : undefined
  }

  /** True for the first that asks in a rest: it is the one that tries when it is over. */
  watch(endpoint: EndpointId): boolean {
    const rest = this.#rests.get(endpoint)
    if (!rest || rest.isWatched) return false
    this.#rests.set(endpoint, { ...rest, isWatched: true })
    return true
  }

  /** Each time twice as long as before. */
  hung(endpoint: EndpointId): void {
    const times = (this.#rests.get(endpoint)?.times ?? 0) + 1
    this.#rest(endpoint, times, Math.min(MINUTE * 2 ** (times - 1), LONGEST_REST))
  }

  /** At once: one refusal is of that message, many in a row are of all. */
  refused(endpoint: EndpointId): void {
    const before = this.#rests.get(endpoint) ?? { until: 0, times: 0, failures: 0, isWatched: false }
    this.#rests.set(endpoint, { ...before, failures: before.failures + 1 })
    if (before.failures + 1 >= FAILURES_TO_REST) this.hung(endpoint)
  }

  asked(endpoint: EndpointId, ms: number): void {
    this.#rest(endpoint, this.#rests.get(endpoint)?.times ?? 0, ms)
  }

  answered(endpoint: EndpointId): void {
    this.#rests.delete(endpoint)
  }

  #rest(endpoint: EndpointId, times: number, ms: number): void {
    const now = this.#clock.now().getTime()
    // Of those that were removed nothing is heard any more.
    for (const [id, { until }] of this.#rests) if (until > 0 && until < now - FORGOTTEN) this.#rests.delete(id)
    const failures = this.#rests.get(endpoint)?.failures ?? 0
    this.#rests.set(endpoint, { until: now + ms, times, failures, isWatched: false })
  }
}
