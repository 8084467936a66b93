import { readFileSync } from 'node:fs'

/** How long this process has been ready to run and waited for a processor; where the system does not say, not at all. */
function waitedForProcessors(): number {
  try {
    const [, waited] = readFileSync('/proc/self/schedstat', 'utf8').split(' ')
    return Number(waited) / 1e6
  } catch {
    return 0
  }
}

/**
 * How many milliseconds have passed since, less those in which this process waited for its turn on a processor: about what
 * they are where nothing else runs. For what must not keep anybody waiting, by work or by patience.
 */
export function undisturbedSince(): () => number {
  const [at, waited] = [performance.now(), waitedForProcessors()]
  return () => performance.now() - at - (waitedForProcessors() - waited)
}

/** The same of all that this process has lived. */
export const undisturbedLife = (): number => performance.now() - waitedForProcessors()
