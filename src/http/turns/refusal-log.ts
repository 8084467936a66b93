import type { Log } from '../../lib/log.ts'

const EVERY_MS = 10_000

/** One line for many: in a storm, a line with its reason for each who is refused would be a storm of its own. */
export function refusalLog(log: Log): () => void {
  let [refused, saidAt] = [0, Number.NEGATIVE_INFINITY]
  return () => {
    refused += 1
    const now = performance.now()
    if (now - saidAt < EVERY_MS) return
    log.warn({ refused }, 'too many people at once: some are asked to come back')
    ;[refused, saidAt] = [0, now]
  }
}
