import { Line } from './line.ts'

interface LaneOptions {
  readonly atOnce: number
  /** How many may wait in all, and how many of them may be beginners. */
  readonly waiting: number
  readonly beginners?: number
  /** A place is free again after so long, whatever became of the work: one that hangs must not close the lane. */
  readonly leaseMs: number
}

export interface Newcomer {
  readonly isBeginner: boolean
  /** What a limiter counts under. */
  readonly address: string
}

/** While beginners wait, one of them is called after so many who are on their way. */
const BEFORE_A_BEGINNER = 3

/**
 * Some at a time, the others in the order in which they came. Whoever is on their way goes before whoever begins: so
 * what was begun gets done, and a storm does not start more than it ends. But every fourth turn is a beginner's: a few
 * who ask for pages in the middle without an end would otherwise keep everybody out.
 */
export class Lane {
  readonly #options: LaneOptions
  readonly #onTheirWay: Line
  readonly #beginners: Line
  #calledInARow = 0
  #running = 0
  #meanMs = 20
  #isCalling = false

  constructor(options: LaneOptions) {
    this.#options = options
    this.#onTheirWay = new Line(options.waiting)
    this.#beginners = new Line(options.beginners ?? options.waiting)
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#onTheirWay.length + this.#beginners.length
  }

  get secondsToWait(): number {
    return Math.max(1, Math.ceil((this.waiting * this.#meanMs) / this.#options.atOnce / 1000))
  }

  /** Beginners are counted for themselves: a line of those who say that they are on their way closes no door to them. */
  isFullFor(who: Newcomer): boolean {
    return this.waiting >= this.#options.waiting || this.#lineOf(who).isFullFor(who.address)
  }

  /** Answers how to give up while waiting; once `work` has begun, that does nothing: what it costs is still being paid. */
  enter(work: () => Promise<unknown>, who: Newcomer): () => void {
    if (this.waiting === 0 && this.#running < this.#options.atOnce) {
      this.#begin(work)
      return () => {}
    }
    return this.#lineOf(who).join(who.address, () => this.#begin(work))
  }

  #lineOf({ isBeginner }: Newcomer): Line {
    return isBeginner ? this.#beginners : this.#onTheirWay
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
      this.#nextLine().callFirst()
      this.#callNext()
    })
  }

  #nextLine(): Line {
    const isBeginnersTurn = this.#onTheirWay.length === 0 || this.#calledInARow >= BEFORE_A_BEGINNER
    if (isBeginnersTurn && this.#beginners.length > 0) {
      this.#calledInARow = 0
      return this.#beginners
    }
    this.#calledInARow += 1
    return this.#onTheirWay
  }
}
