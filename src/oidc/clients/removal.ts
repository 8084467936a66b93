import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { attempt } from '../../db/attempt.ts'
import { untilNoDeadlock } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { deleteGrantsOfClient } from '../artifacts/ending-store.ts'
import type { OwnConsents } from '../ports.ts'
import { snapshotOf } from './fields.ts'
import { lockClient, setRemoved, tellOfClient } from './store.ts'

export interface RemoveDeps {
  readonly db: Db
  readonly events: EventWriter
  readonly consents: Pick<OwnConsents, 'withdrawFrom'>
  readonly clock: Clock
}

const BATCH = 500

/**
 * From the commit on it is no client, and nothing that was granted through it counts. What is left of that goes in small
 * batches after it, consents in front of grants as everywhere: should the process die here, it lies unused.
 */
export const removing =
  ({ db, events, consents, clock }: RemoveDeps) =>
  async (
    context: ActorContext,
    id: string,
  ): Promise<Result<{ readonly grants: number }, { readonly reason: 'not-found' }>> => {
    const removed = await attempt(db, async (tx) => {
      const before = await lockClient(tx, id)
      if (!before) return fail({ reason: 'not-found' as const })
      await setRemoved(tx, id, clock.now())
      await tellOfClient(tx, id)
      const was = { public: snapshotOf(before) }
      await events.recordEvent(tx, context, { action: 'client.removed', target: id, before: was })
      return ok(undefined)
    })
    if (!removed.ok) return removed
    const inBatches = async (end: (tx: Tx) => Promise<number>): Promise<number> => {
      let ended = 0
      for (let last = BATCH; last === BATCH; ended += last) last = await untilNoDeadlock(db, end)
      return ended
    }
    await inBatches((tx) => consents.withdrawFrom(tx, context, id, BATCH))
    const grants = await inBatches(async (tx) => (await deleteGrantsOfClient(tx, id, { limit: BATCH })).length)
    return ok({ grants })
  }
