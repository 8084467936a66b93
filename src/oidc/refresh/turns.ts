/** Of those that want the same, one at a time in this process. Whoever waits holds nothing but the request. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Answers when it is this one's turn, with what ends it; nothing where that took longer than `ms`. */
  async take(key: string, ms: number): Promise<(() => void) | undefined> {
    const before = this.#last.get(key)
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    this.#last.set(key, ended)
    const end = () => {
      if (this.#last.get(key) === ended) this.#last.delete(key)
      resolve()
    }
    if (!before || (await within(before, ms))) return end
    // Whoever comes behind this one still waits for those before it.
    void before.then(end)
    return undefined
  }
}

async function within(turn: Promise<void>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), ms)
  try {
    return await Promise.race([turn.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
