import type { Log } from '../lib/log.ts'

/** Resolves with the first request to stop; a second one changes nothing, so that a clean stop is never cut short by impatience. */
export function stopSignal(log: Log): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        log.info({ signal }, 'asked to stop')
        resolve(signal)
      })
    }
  })
}
