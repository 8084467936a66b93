const LONGEST_PAUSE_MS = 60_000

export interface Poll {
  /** Now, unless it is under way. Rejects with what it failed by, and once it was stopped. */
  run(): Promise<void>
  stop(): void
}

interface PollOptions {
  readonly work: (signal: AbortSignal) => Promise<void>
  /** Milliseconds between the end of one and the beginning of the next. */
  readonly every: number
  readonly onError: (error: unknown) => void
}

/**
 * Again and again, never twice at once; it keeps no process alive. Not all at one moment who began at one moment, and a
 * server that is in trouble is spared.
 */
export function polling({ work, every, onError }: PollOptions): Poll {
  const stopping = new AbortController()
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const once = async (): Promise<void> => {
    try {
      await work(stopping.signal)
      failures = 0
    } catch (error) {
      failures += 1
      throw error
    } finally {
      running = undefined
    }
  }
  const run = async (): Promise<void> => {
    if (stopping.signal.aborted) throw new Error('the reader was stopped')
    running ??= once()
    return running
  }
  const pause = (): number => {
    const usual = failures === 0 ? every : Math.min(every * 2 ** failures, Math.max(every, LONGEST_PAUSE_MS))
    return usual * (0.8 + Math.random() * 0.4)
  }
  const goOn = async (): Promise<void> => {
    await run().catch((error: unknown) => {
      if (!stopping.signal.aborted) onError(error)
    })
    if (!stopping.signal.aborted) timer = setTimeout(goOn, pause()).unref()
  }
  void goOn()

  return {
    run,
    stop: () => {
      clearTimeout(timer)
      stopping.abort()
    },
  }
}
