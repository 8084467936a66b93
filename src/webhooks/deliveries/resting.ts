import type { Clock } from '../../lib/clock.ts'
import type { EndpointId } from '../endpoints/endpoint.ts'
import { LONGEST_RETRY_AFTER } from './pause.ts'

const MINUTE = 60_000
const LONGEST_REST = 15 * MINUTE
/** One after another, and nothing was taken in between. */
const FAILURES_TO_REST = 10
const FORGOTTEN = 24 * 60 * MINUTE
/** For so long one that hung is a slow one, though it answers at once in between: who does both in turn would have all workers. */
const SLOW_FOR = LONGEST_REST
/** As long as anybody may ask for. Of one that would take longer the clock was ahead when it began: it says nothing. */
const NO_REST = LONGEST_RETRY_AFTER + MINUTE

/** What a rest is made for: of one that was changed, enabled, or heard by another process, it says nothing. */
export interface Rested {
  readonly id: EndpointId
  /** Another one after each change of the endpoint. */
  readonly version: string
  /** The first failure since the last success. */
  readonly failingSince: Date | null
}

/** When it is over, and how many messages try then: of who hangs one, for each costs a worker a time-out. */
export interface RestEnd {
  readonly at: Date
  readonly most: number
}

interface Known extends Rested {
  readonly until: number
  readonly times: number
  readonly failures: number
  /** It kept a worker for long the last time. */
  readonly isSlow: boolean
}

interface Hung extends Pick<Rested, 'version'> {
  readonly at: number
}

/**
 * Endpoints that did not answer in time, fail whatever they are told, or asked to be spared. A thousand messages for one of
 * them would each take a worker for as long as a time-out: a few try now and then, the others come again when that has gone
 * well. It is of this process alone, and forgotten with it: another one finds out by itself.
 */
export class Resting {
  readonly #clock: Clock
  readonly #rests = new Map<EndpointId, Known>()
  readonly #hung = new Map<EndpointId, Hung>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Until when it is left alone. */
  until(endpoint: Rested): Date | undefined {
    const rest = this.#rests.get(endpoint.id)
    if (!rest) return undefined
    const left = rest.until - this.#clock.now().getTime()
    if (left > NO_REST || isOver(rest, endpoint)) return void this.#rests.delete(endpoint.id)
    return left > 0 ? new Date(rest.until) : undefined
  }

  hung(endpoint: Rested): RestEnd {
    this.#hung.set(endpoint.id, { version: endpoint.version, at: this.#clock.now().getTime() })
    return this.#longer(endpoint, 1)
  }

  /** Each time twice as long as before. */
  #longer(endpoint: Rested, most: number): RestEnd {
    const times = (this.#rests.get(endpoint.id)?.times ?? 0) + 1
    return this.#rest(endpoint, { times, most, ms: Math.min(MINUTE * 2 ** (times - 1), LONGEST_REST) })
  }

  /** At once: one refusal is of that message, many in a row are of all, as far as can be told. */
  refused(endpoint: Rested): RestEnd | undefined {
    const now = this.#clock.now().getTime()
    const before = this.#rests.get(endpoint.id) ?? { until: now, times: 0, failures: 0 }
    const failures = before.failures + 1
    const until = Math.max(before.until, now)
    this.#rests.set(endpoint.id, { ...endpoint, until, times: before.times, failures, isSlow: false })
    // Afterwards as many again: among them may be one of the kind that it takes.
    return failures < FAILURES_TO_REST ? undefined : this.#longer(endpoint, FAILURES_TO_REST)
  }

  asked(endpoint: Rested, ms: number): RestEnd {
    return this.#rest(endpoint, { times: this.#rests.get(endpoint.id)?.times ?? 0, most: 1, ms })
  }

  /** It took something, or is there to say what it does not want. */
  answered(endpoint: Rested): void {
    this.#rests.delete(endpoint.id)
  }

  /** It took something in the end: no reason to believe that it will be faster the next time. */
  tookLong(endpoint: Rested): void {
    const times = this.#rests.get(endpoint.id)?.times ?? 0
    const until = this.#clock.now().getTime()
    this.#rests.set(endpoint.id, { ...endpoint, until, times, failures: 0, isSlow: true })
  }

  isSlow({ id, version }: Rested): boolean {
    const hung = this.#hung.get(id)
    const ago = hung?.version === version ? this.#clock.now().getTime() - hung.at : Number.POSITIVE_INFINITY
    return this.#rests.get(id)?.isSlow === true || (ago >= 0 && ago < SLOW_FOR)
  }

  #rest(endpoint: Rested, { times, most, ms }: { times: number; most: number; ms: number }): RestEnd {
    const now = this.#clock.now().getTime()
    // Of those that were removed nothing is heard any more.
    for (const [id, { until }] of this.#rests) if (until < now - FORGOTTEN) this.#rests.delete(id)
    for (const [id, { at }] of this.#hung) if (at < now - SLOW_FOR) this.#hung.delete(id)
    this.#rests.set(endpoint.id, { ...endpoint, until: now + ms, times, failures: 0, isSlow: true })
    return { at: new Date(now + ms), most }
  }
}

/** Where it took something and rests nevertheless, for it took too long, no success elsewhere says otherwise. */
const isOver = (rest: Rested, { version, failingSince }: Rested): boolean =>
  rest.version !== version || (rest.failingSince !== null && rest.failingSince.getTime() !== failingSince?.getTime())
