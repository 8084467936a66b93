import { setTimeout as delay } from 'node:timers/promises'

/** Longer than the work takes on a small machine; shorter than anybody notices. */
const STEP_MS = 50

/**
 * For a request whose answer must not tell whether somebody exists (threat 25). Both arms do the same work; what cannot
 * be made the same (whether a key was at hand or had to be read) is hidden by answering at whole steps after the
 * request came. Where the work takes longer than a step, it is still the only thing between two steps that shows.
 */
export async function evenly<T>(work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  try {
    return await work()
  } finally {
    const elapsed = performance.now() - start
    await delay(Math.ceil(elapsed / STEP_MS) * STEP_MS - elapsed)
  }
}
