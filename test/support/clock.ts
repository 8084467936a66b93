import type { Clock } from '../../src/lib/clock.ts'

export interface FrozenClock extends Clock {
  advance(ms: number): void
  set(time: Date): void
}

/** Time stands still until a test moves it. */
export function frozenClock(start = '2030-01-15T12:00:00.000Z'): FrozenClock {
  let time = new Date(start).getTime()
  return {
    now: () => new Date(time),
    advance: (ms) => {
      time += ms
    },
    set: (to) => {
      time = to.getTime()
    },
  }
}
