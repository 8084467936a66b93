import { inInstance } from '../../db/transaction.ts'
import type { EntryOpener } from '../entry/opened.ts'
import { fitted } from './fit.ts'
import { createPlace, type PlaceDeps } from './place.ts'
import { ENTRIES_AT_ONCE, readBatch } from './read.ts'
import type { Mark, StreamLine, StreamTarget } from './target.ts'

export interface PumpDeps extends PlaceDeps {
  readonly opener: EntryOpener
}

/** `more`: there may be more at once. `elsewhere`: another process streams there. */
export type Step = 'more' | 'idle' | 'failed' | 'elsewhere'

export interface Pump {
  step(): Promise<Step>
  /** Says how far the target is, and leaves the place to others. */
  stop(): Promise<void>
}

/** What takes a target longer than this is written in smaller pieces: what a crash would repeat stays little, and the place moves. */
const SLOW_MS = 2_000

/**
 * To one target, at least once: the place in the database moves when the target certainly has what was written, and after a
 * failure, a crash or a restart it begins again from there. What came twice has the same `seq`. Nothing is written inside
 * a transaction: a slow target holds no connection of the database, and nobody else up.
 */
export function createPump(deps: PumpDeps, target: StreamTarget): Pump {
  const { owner, opener, clock, log } = deps
  const place = createPlace(deps, target.name)
  let sent: Mark | undefined
  let atOnce = ENTRIES_AT_ONCE
  let failing = false

  const settle = async (now?: boolean): Promise<void> => {
    const reached = await target.settle(now)
    if (reached && !(await place.move(reached))) forget()
  }

  function forget(): void {
    target.reset()
    place.forget()
    sent = undefined
  }

  const sayCut = ({ facts }: StreamLine): void =>
    log.warn(
      { target: target.name, seq: facts['seq'] },
      'An entry is too long for this target: it was sent without what made it long; the log has it whole.',
    )

  const goOn = async (from: Mark): Promise<Step> => {
    const { lines, mark } = await inInstance(owner, (tx) => readBatch(tx, opener, from, atOnce))
    const began = clock.now().getTime()
    try {
      if (lines.length > 0) {
        await target.write(fitted(lines, target, sayCut), mark)
        sent = mark
      }
      await settle()
    } finally {
      const isSlow = clock.now().getTime() - began > SLOW_MS
      atOnce = isSlow ? Math.ceil(atOnce / 2) : Math.min(ENTRIES_AT_ONCE, atOnce * 2)
    }
    return lines.length > 0 ? 'more' : 'idle'
  }

  const step = async (): Promise<Step> => {
    const reached = await place.hold()
    if (!reached) {
      forget()
      return 'elsewhere'
    }
    return place.whileHeld(() => goOn(sent ?? reached))
  }

  return {
    step: async () => {
      try {
        const done = await step()
        if (failing && done !== 'elsewhere') {
          log.info({ target: target.name }, 'The audit log reaches its target again.')
          failing = false
        }
        return done
      } catch (error) {
        forget()
        place.explained()
        if (!failing)
          log.warn(
            { err: error, target: target.name },
            'The audit log does not reach its target: it is tried again until it does, and nothing is left out.',
          )
        failing = true
        return 'failed'
      }
    },
    stop: async () => {
      try {
        await place.whileHeld(() => settle(true))
        await place.leave()
      } catch (error) {
        log.debug({ err: error, target: target.name }, 'what was streamed last is streamed again at the next start')
      }
      await target.close()
    },
  }
}
