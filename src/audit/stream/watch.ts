import type { Log } from '../../lib/log.ts'
import type { Standing } from './store.ts'
import type { StreamTarget } from './target.ts'

/** How long the place may stand still, with something to write, before that is said. */
const STALLED_MS = 60_000

const WHY = {
  here: 'this process holds the place there, and the target does not say that it has what was written.',
  elsewhere: 'another process holds the place there, and does not move.',
}

/**
 * Whoever holds it is believed for as long as the place comes on. Neither a target that is too slow nor processes that take over
 * from each other fail at anything: that nothing moves is all that shows.
 */
export function createWatch(log: Pick<Log, 'warn'>, target: StreamTarget['name']) {
  let stalled: { readonly entry: number; readonly since: number; readonly said: boolean } | undefined
  const see = (standing: Standing | undefined, at: Date, held: keyof typeof WHY): void => {
    const now = at.getTime()
    if (!standing || standing.entry >= standing.newest) {
      stalled = undefined
      return
    }
    const { entry, newest } = standing
    if (stalled?.entry !== entry) stalled = { entry, since: now, said: false }
    if (stalled.said || now - stalled.since < STALLED_MS) return
    stalled = { ...stalled, said: true }
    log.warn(
      { target, seq: entry, newest, since: new Date(stalled.since) },
      `The audit log does not come on to its target: ${WHY[held]}`,
    )
  }
  return {
    see,
    reset: () => {
      stalled = undefined
    },
  }
}
