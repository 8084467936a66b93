import { setTimeout } from 'node:timers/promises'
import { createPump, type PumpDeps, type Step } from './pump.ts'
import type { StreamTarget } from './target.ts'

export interface Streaming {
  stop(): Promise<void>
}

const PAUSE_MS: Readonly<Record<Exclude<Step, 'failed'>, number>> = { more: 0, idle: 500, elsewhere: 2_000 }
const [FIRST_RETRY_MS, LONGEST_RETRY_MS] = [500, 30_000]

/** Each target goes at its own pace: one that is slow or down holds up no other. */
export function startStreaming(deps: PumpDeps, targets: readonly StreamTarget[]): Streaming {
  const stopping = new AbortController()
  const running = targets.map((target) => run(deps, target, stopping.signal))
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

async function run(deps: PumpDeps, target: StreamTarget, signal: AbortSignal): Promise<void> {
  const pump = createPump(deps, target)
  let retry = FIRST_RETRY_MS
  while (!signal.aborted) {
    const done = await pump.step()
    const pause = done === 'failed' ? retry : PAUSE_MS[done]
    retry = done === 'failed' ? Math.min(2 * retry, LONGEST_RETRY_MS) : FIRST_RETRY_MS
    // `more` comes back to the event loop too, so that a long backlog leaves room for others.
    await setTimeout(pause, undefined, { signal }).catch(() => {})
  }
  await pump.stop()
}
