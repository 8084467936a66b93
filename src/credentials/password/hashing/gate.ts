import { AppError } from '../../../errors/app-error.ts'

export interface GateOptions {
  readonly concurrency: number
  /** Each waiting password is at most 4 KB, so this bounds the memory too. */
  readonly maxWaiting: number
}

/**
 * A few at a time, some waiting, the rest refused at once: whoever comes into a storm is told when to come back, and
 * what was promised an answer gets it soon.
 */
export class Gate {
  readonly #options: GateOptions
  readonly #waiting: PromiseWithResolvers<void>[] = []
  #running = 0
  #meanMs = 50
  #closed = false
  #idle: (() => void) | undefined

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** Throws what `run` would throw at this moment. */
  assertRoom(): void {
    if (this.#closed) throw new AppError('unavailable')
    if (this.#running >= this.#options.concurrency && this.#waiting.length >= this.#options.maxWaiting)
      throw new AppError('busy', { retryAfter: this.#secondsToWait() })
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter()
    const startedAt = performance.now()
    try {
      return await work()
    } finally {
      this.#meanMs += (performance.now() - startedAt - this.#meanMs) / 8
      this.#leave()
    }
  }

  /** Whoever waits is refused; resolves when what runs is done. */
  async close(): Promise<void> {
    this.#closed = true
    for (const turn of this.#waiting.splice(0)) turn.reject(new AppError('unavailable'))
    if (this.#running === 0) return
    await new Promise<void>((resolve) => {
      this.#idle = resolve
    })
  }

  async #enter(): Promise<void> {
    this.assertRoom()
    if (this.#running < this.#options.concurrency) {
      this.#running += 1
      return
    }
    const turn = Promise.withResolvers<void>()
    this.#waiting.push(turn)
    await turn.promise
  }

  /** The place is handed on to who waits longest, so nobody new slips in between. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next) {
      next.resolve()
      return
    }
    this.#running -= 1
    if (this.#running === 0) this.#idle?.()
  }

  #secondsToWait(): number {
    const ms = (this.#waiting.length * this.#meanMs) / this.#options.concurrency
    return Math.max(1, Math.ceil(ms / 1000))
  }
}
