import type { Log } from '../../lib/log.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000

export interface Patience {
  /** Whether it may be tried now. */
  isOver(): boolean
  /** Never throws: what failed is said, and tried again, less and less often. */
  attempt(work: () => Promise<unknown>): Promise<void>
}

/** Of one piece of work that comes again and again: that it fails must not stop others, nor fill the log. */
export function patience(log: Log, what: string): Patience {
  let failures = 0
  let notBefore = 0
  return {
    isOver: () => performance.now() >= notBefore,
    attempt: async (work) => {
      try {
        await work()
        if (failures > 0) log.info({ what, failures }, `${what} is well again`)
        failures = 0
      } catch (error) {
        failures++
        // The first time it may have been a connection that broke: at once, with the next turn.
        const pause = failures === 1 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
        notBefore = performance.now() + pause
        log.warn({ err: error, what, failures }, `${what} failed and will be tried again`)
      }
    },
  }
}
