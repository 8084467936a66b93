import type { Clock } from '../../lib/clock.ts'

interface Limits {
  readonly count: number
  readonly age: number
}

/**
 * Bounded by count and by age, least recently used first out. An `epoch` closes the race of a slow read against an
 * eviction: what was read before something was forgotten is not remembered after it. A clock that was set back says
 * nothing true about age, so then everything is forgotten.
 */
export class KeyCache<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>()
  readonly #clock: Clock
  readonly #limits: Limits
  #epoch = 0
  #latest = 0

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock
    this.#limits = limits
  }

  get epoch(): number {
    return this.#epoch
  }

  get(id: string): V | undefined {
    const now = this.#now()
    const entry = this.#entries.get(id)
    if (!entry) return undefined
    this.#entries.delete(id)
    if (entry.until <= now) return undefined
    this.#entries.set(id, entry)
    return entry.value
  }

  /** `epoch` as it was before the value was read. */
  put(id: string, value: V, epoch: number): void {
    if (epoch !== this.#epoch) return
    const now = this.#now()
    this.#entries.delete(id)
    this.#entries.set(id, { value, until: now + this.#limits.age })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.count) return
      this.#entries.delete(oldest)
    }
  }

  forget(id: string): void {
    this.#epoch += 1
    this.#entries.delete(id)
  }

  forgetAll(): void {
    this.#epoch += 1
    this.#entries.clear()
  }

  #now(): number {
    const now = this.#clock.now().getTime()
    if (now < this.#latest) this.#entries.clear()
    this.#latest = now
    return now
  }
}
