import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { seqOf } from '../chain/chained.ts'
import { readChain } from '../chain/read.ts'
import type { Follower } from './follower.ts'
import { beginPlace, holdPlace, movePlace } from './store.ts'

export interface FollowDeps {
  readonly owner: Db
  readonly clock: Clock
  /** How many entries are handed over at once. */
  readonly batch?: number
}

const BATCH = 500

/** What lies behind a place, taken: how many there were, and up to where. */
export interface Step {
  readonly count: number
  readonly to: number
}

/**
 * One step of somebody who follows, in one transaction with the place that it moves to. Answers how many it took; nothing where
 * there are none, or where another instance is about it.
 */
export const goOn = (
  { owner, clock }: FollowDeps,
  place: Pick<Follower, 'name' | 'from'>,
  step: (tx: InstanceTx, after: number) => Promise<Step | undefined>,
): Promise<number> =>
  inInstance(owner, async (tx) => {
    const after = await holdPlace(tx, place.name)
    if (after === undefined) {
      await beginPlace(tx, place, clock.now())
      return 0
    }
    const done = await step(tx, after)
    if (!done) return 0
    await movePlace(tx, place.name, done.to, clock.now())
    return done.count
  })

/** One batch of entries. */
export const follow = (deps: FollowDeps, follower: Follower): Promise<number> =>
  goOn(deps, follower, async (tx, after) => {
    const chained = await readChain(tx, { after, limit: deps.batch ?? BATCH })
    const last = chained.at(-1)
    if (!last) return undefined
    const entries = chained.flatMap((one) => (one.kind === 'entry' ? [one.entry] : []))
    if (entries.length > 0) await follower.take(tx, entries)
    return { count: chained.length, to: seqOf(last) }
  })
