interface LaneOptions {
  readonly atOnce: number
  /** A place is free again after so long, whatever became of the work: one that hangs must not close the lane. */
  readonly leaseMs: number
}

type Begin = () => void

/**
 * Some at a time, the others in the order in which they came. Whoever is on their way goes before whoever begins: so
 * what was begun gets done, and a storm does not start more than it ends.
 */
export class Lane {
  readonly #options: LaneOptions
  readonly #onTheirWay = new Set<Begin>()
  readonly #beginners = new Set<Begin>()
  #running = 0
  #meanMs = 20
  #isCalling = false

  constructor(options: LaneOptions) {
    this.#options = options
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#onTheirWay.size + this.#beginners.size
  }

  get secondsToWait(): number {
    return Math.max(1, Math.ceil((this.waiting * this.#meanMs) / this.#options.atOnce / 1000))
  }

  /** Answers how to give up while waiting; once `work` has begun, that does nothing: what it costs is still being paid. */
  enter(work: () => Promise<unknown>, isBeginner = false): () => void {
    if (this.waiting === 0 && this.#running < this.#options.atOnce) {
      this.#begin(work)
      return () => {}
    }
    const waiting = isBeginner ? this.#beginners : this.#onTheirWay
    const begin = () => this.#begin(work)
    waiting.add(begin)
    return () => void waiting.delete(begin)
  }

  #begin(work: () => Promise<unknown>): void {
    this.#running += 1
    const startedAt = performance.now()
    let isOver = false
    const end = () => {
      if (isOver) return
      isOver = true
      clearTimeout(lease)
      this.#running -= 1
      this.#meanMs += (performance.now() - startedAt - this.#meanMs) / 8
      this.#callNext()
    }
    const lease = setTimeout(end, this.#options.leaseMs).unref()
    Promise.try(work).then(end, end)
  }

  /** One in each round of the event loop: what programs sent meanwhile is read in between. */
  #callNext(): void {
    if (this.#isCalling || this.waiting === 0) return
    this.#isCalling = true
    setImmediate(() => {
      this.#isCalling = false
      if (this.#running >= this.#options.atOnce) return
      const line = this.#onTheirWay.size > 0 ? this.#onTheirWay : this.#beginners
      for (const begin of line) {
        line.delete(begin)
        begin()
        break
      }
      this.#callNext()
    })
  }
}
