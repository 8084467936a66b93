import type { Clock } from '../../lib/clock.ts'

const REST_MS = 60_000

/**
 * Clients that did not answer in time. A thousand messages for one of them would each take a worker for as long as a time-out:
 * one of them tries in a minute, and the others come again when it is their turn.
 */
export class Resting {
  readonly #clock: Clock
  readonly #until = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  has(client: string): boolean {
    const until = this.#until.get(client)
    if (until === undefined) return false
    if (until > this.#clock.now().getTime()) return true
    this.#until.delete(client)
    return false
  }

  add(client: string): void {
    this.#until.set(client, this.#clock.now().getTime() + REST_MS)
  }
}
