import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

export interface ReadinessCheck {
  readonly name: string
  /** Rejects when the thing is not ready; gives up when the signal says so. */
  check(signal: AbortSignal): Promise<void>
}

export interface ReadinessReport {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>
}

export interface Readiness {
  report(): Promise<ReadinessReport>
  /** From now on not ready, so that a load balancer turns away before the listening stops. */
  drain(): void
}

interface ReadinessOptions {
  readonly checks: readonly ReadinessCheck[]
  readonly clock: Clock
  readonly log: Log
  readonly timeoutMs?: number
}

const CACHE_MS = 1000

function failing(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

/** Answers from the last second's checks: anybody may ask, and asking often must not load the database. */
export function createReadiness({ checks, clock, log, timeoutMs = 1000 }: ReadinessOptions): Readiness {
  let draining = false
  let cached: { readonly at: number; readonly report: Promise<ReadinessReport> } | undefined

  const run = async ({ name, check }: ReadinessCheck): Promise<[string, 'ok' | 'failing']> => {
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      await Promise.race([check(signal), failing(signal)])
      return [name, 'ok']
    } catch (error) {
      // The reason stays in the log: a stranger learns which part is missing and not why.
      log.warn({ check: name, reason: error instanceof Error ? error.message : 'unknown' }, 'not ready')
      return [name, 'failing']
    }
  }

  const runAll = async (): Promise<ReadinessReport> => {
    const results = await Promise.all(checks.map(run))
    return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) }
  }

  return {
    async report() {
      if (draining) return { ready: false, checks: { draining: 'failing' } }
      const now = clock.now().getTime()
      // A clock that was set back must not keep an answer alive.
      if (cached === undefined || now < cached.at || now >= cached.at + CACHE_MS) cached = { at: now, report: runAll() }
      return cached.report
    },
    drain() {
      draining = true
    },
  }
}
