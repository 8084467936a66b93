/**
 * Those who work on one kind of job. A commit that brings a thousand calls them once, all at the same moment, and they may all
 * draw jobs of one group, of which one at a time is run: the others put theirs back and would sleep, whatever else there is.
 * So whoever found something wakes one that has nothing to do, which looks past the groups that are busy by now.
 */
export class Crew {
  readonly #wake: (worker: string) => void
  readonly #idle = new Set<string>()
  #again: NodeJS.Timeout | undefined

  constructor(wake: (worker: string) => void) {
    this.#wake = wake
  }

  join(worker: string): void {
    this.#idle.add(worker)
  }

  wakeAll(): void {
    for (const worker of this.#idle) this.#wake(worker)
  }

  async during<T>(worker: string, work: () => Promise<T>): Promise<T> {
    this.#idle.delete(worker)
    // When it has done this it looks again.
    this.#wake(worker)
    this.#wakeOne()
    // What somebody was putting back at that moment nobody could see.
    this.#again ??= setTimeout(() => {
      this.#again = undefined
      this.#wakeOne()
    }, AGAIN_MS).unref()
    try {
      return await work()
    } finally {
      this.#idle.add(worker)
    }
  }

  end(): void {
    clearTimeout(this.#again)
  }

  #wakeOne(): void {
    const [next] = this.#idle
    if (next !== undefined) this.#wake(next)
  }
}

const AGAIN_MS = 1_000
