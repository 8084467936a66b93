import type { InstanceTx } from '../../db/transaction.ts'
import type { Checkpoint } from '../checkpoints/checkpoint.ts'
import { listCheckpoints } from '../checkpoints/store.ts'
import { type FollowDeps, goOn } from '../following/follow.ts'

/**
 * A way by which signed heads leave this machine: a tail that was cut off shows only against a head that is kept elsewhere. Each
 * has a place of its own, so that one that fails keeps no other from it.
 */
export interface HeadOutlet {
  readonly name: string
  take(tx: InstanceTx, heads: readonly Checkpoint[]): Promise<void>
}

const BATCH = 100

/** At least once each: what has left may leave again when the transaction fails behind it. */
export const letHeadsOut = (deps: FollowDeps, { name, take }: HeadOutlet): Promise<number> =>
  goOn(deps, { name, from: 'beginning' }, async (tx, after) => {
    const heads = await listCheckpoints(tx, { after, limit: BATCH })
    const last = heads.at(-1)
    if (!last) return undefined
    await take(tx, heads)
    return { count: heads.length, to: last.seq }
  })
