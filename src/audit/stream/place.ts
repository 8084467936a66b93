import { randomUUID } from 'node:crypto'
import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { holdPlace, leavePlace, movePlace, standingOf } from './store.ts'
import type { Mark, StreamTarget } from './target.ts'
import { createWatch } from './watch.ts'

export interface PlaceDeps {
  readonly owner: Db
  readonly clock: Clock
  readonly log: Log
  /** How often it is said again while something takes long. */
  readonly renewEveryMs?: number
}

/** The place of one target, as this process sees it. */
export interface Place {
  /** Where it is, for whoever may write there now; undefined where another process may. */
  hold(): Promise<Mark | undefined>
  /** Stays held for as long as the work takes. */
  whileHeld<T>(work: () => Promise<T>): Promise<T>
  /** False where another process has taken over. */
  move(reached: Mark): Promise<boolean>
  forget(): void
  /** Why it does not move was said. */
  explained(): void
  leave(): Promise<unknown>
}

/** How long a process may be silent before another one takes over from it. */
export const HELD_MS = 10_000
/**
 * How long one piece of work keeps it at most. A write that never ends (a file on a server that is gone) must not keep everybody
 * away for ever; and one that merely takes longer than this ends sooner the next time, as fewer lines are written at once.
 */
export const LONGEST_WORK_MS = 2 * 60_000

export function createPlace(
  { owner, clock, log, renewEveryMs = HELD_MS / 3 }: PlaceDeps,
  target: StreamTarget['name'],
): Place {
  const by = randomUUID()
  const watch = createWatch(log, target)
  let held: { readonly since: number; readonly place: Mark } | undefined

  const renew = async (): Promise<Mark | undefined> => {
    const now = clock.now()
    const until = new Date(now.getTime() + HELD_MS)
    const { place, standing } = await inInstance(owner, async (tx) => ({
      place: await holdPlace(tx, target, { by, until }, now),
      standing: await standingOf(tx, target),
    }))
    held = place && { since: now.getTime(), place }
    watch.see(standing, now, place ? 'here' : 'elsewhere')
    return place
  }

  return {
    hold: async () => {
      if (held && clock.now().getTime() - held.since < HELD_MS / 3) return held.place
      return renew()
    },
    whileHeld: async (work) => {
      const began = clock.now().getTime()
      let renewing: Promise<unknown> = Promise.resolve()
      let isRenewing = false
      const timer = setInterval(() => {
        if (isRenewing || clock.now().getTime() - began > LONGEST_WORK_MS) return
        isRenewing = true
        // Whether it is still ours, the move says.
        renewing = renew()
          .catch((error: unknown) => log.debug({ err: error, target }, 'the place of a stream could not be held on to'))
          .finally(() => {
            isRenewing = false
          })
      }, renewEveryMs)
      try {
        return await work()
      } finally {
        clearInterval(timer)
        await renewing
      }
    },
    move: async (reached) => {
      if (held && !isBeyond(reached, held.place)) return true
      const moved = await inInstance(owner, (tx) => movePlace(tx, target, { by }, reached, clock.now()))
      if (moved && held) held = { ...held, place: reached }
      return moved
    },
    forget: () => {
      held = undefined
    },
    explained: watch.reset,
    leave: () => inInstance(owner, (tx) => leavePlace(tx, target, { by })),
  }
}

const isBeyond = (reached: Mark, place: Mark): boolean => reached.entry > place.entry || reached.head > place.head
