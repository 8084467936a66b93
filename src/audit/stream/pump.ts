import { randomUUID } from 'node:crypto'
import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { EntryOpener } from '../entry/opened.ts'
import { fitted } from './fit.ts'
import { readBatch } from './read.ts'
import { holdPlace, leavePlace, movePlace, standingOf } from './store.ts'
import type { Mark, StreamLine, StreamTarget } from './target.ts'

export interface PumpDeps {
  readonly owner: Db
  readonly opener: EntryOpener
  readonly clock: Clock
  readonly log: Log
}

/** `more`: there may be more at once. `elsewhere`: another process streams there. */
export type Step = 'more' | 'idle' | 'failed' | 'elsewhere'

export interface Pump {
  step(): Promise<Step>
  /** Says how far the target is, and leaves the place to others. */
  stop(): Promise<void>
}

/** How long a process may be silent before another one takes over from it. */
export const HELD_MS = 10_000
/** How long the place may stand still, with something to write, before those who wait for it say so. */
const STALLED_MS = 60_000

/**
 * To one target, at least once: the place in the database moves when the target certainly has what was written, and after a
 * failure, a crash or a restart it begins again from there. What came twice has the same `seq`. Nothing is written inside
 * a transaction: a slow target holds no connection of the database, and nobody else up.
 */
export function createPump({ owner, opener, clock, log }: PumpDeps, target: StreamTarget): Pump {
  const by = randomUUID()
  let held: { readonly since: number; readonly place: Mark } | undefined
  let sent: Mark | undefined
  let failing = false
  let stalled: { readonly entry: number; readonly since: number; readonly said: boolean } | undefined

  const hold = async (): Promise<Mark | undefined> => {
    const now = clock.now()
    if (held && now.getTime() - held.since < HELD_MS / 3) return held.place
    const until = new Date(now.getTime() + HELD_MS)
    const place = await inInstance(owner, (tx) => holdPlace(tx, target.name, { by, until }, now))
    held = place && { since: now.getTime(), place }
    return place
  }

  const settle = async (now?: boolean): Promise<void> => {
    const reached = await target.settle(now)
    if (!reached || !held || !isBeyond(reached, held.place)) return
    const moved = await inInstance(owner, (tx) => movePlace(tx, target.name, { by }, reached, clock.now()))
    if (moved) held = { ...held, place: reached }
    else forget()
  }

  function forget(): void {
    target.reset()
    held = undefined
    sent = undefined
  }

  /** Somebody else has the place: they are believed for as long as they come on. */
  const watch = async (): Promise<void> => {
    const now = clock.now().getTime()
    const standing = await inInstance(owner, (tx) => standingOf(tx, target.name))
    if (!standing || standing.entry >= standing.newest || stalled?.entry !== standing.entry) {
      stalled = standing && { entry: standing.entry, since: now, said: false }
      return
    }
    if (stalled.said || now - stalled.since < STALLED_MS) return
    stalled = { ...stalled, said: true }
    log.warn(
      { target: target.name, seq: standing.entry, newest: standing.newest },
      'The audit log does not come on to its target: another process holds the place there, and does not move.',
    )
  }

  const sayCut = ({ facts }: StreamLine): void =>
    log.warn(
      { target: target.name, seq: facts['seq'] },
      'An entry is too long for this target: it was sent without what made it long; the log has it whole.',
    )

  const step = async (): Promise<Step> => {
    const place = await hold()
    if (!place) {
      forget()
      await watch()
      return 'elsewhere'
    }
    stalled = undefined
    const from = sent ?? place
    const { lines, mark } = await inInstance(owner, (tx) => readBatch(tx, opener, from))
    if (lines.length > 0) {
      await target.write(fitted(lines, target, sayCut), mark)
      sent = mark
    }
    await settle()
    return lines.length > 0 ? 'more' : 'idle'
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
        if (held) await settle(true)
        await inInstance(owner, (tx) => leavePlace(tx, target.name, { by }))
      } catch (error) {
        log.debug({ err: error, target: target.name }, 'what was streamed last is streamed again at the next start')
      }
      await target.close()
    },
  }
}

const isBeyond = (reached: Mark, place: Mark): boolean => reached.entry > place.entry || reached.head > place.head
