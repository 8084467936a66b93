import type { Log } from '../lib/log.ts'

const requests = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Resolves with the first request to stop; a second one changes nothing, so that a clean stop is never cut short by impatience. */
export function stopSignal(log: Log, signals: readonly NodeJS.Signals[] = requests): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      process.on(signal, () => {
        log.info({ signal }, 'asked to stop')
        resolve(signal)
      })
    }
  })
}
