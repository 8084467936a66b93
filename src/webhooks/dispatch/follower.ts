import type { InstanceTx } from '../../db/transaction.ts'
import { defineId } from '../../lib/ids.ts'
import { TESTED } from '../deliveries/delivery.ts'
import { type QueueDeps, queueDeliveries } from '../deliveries/enqueue.ts'
import { type Endpoint, endpointId } from '../endpoints/endpoint.ts'
import type { RemoveAllOf } from '../endpoints/remove.ts'
import { endpointOf } from '../endpoints/store.ts'
import type { Dispatched } from './ports.ts'

const orgId = defineId('org')

interface Told {
  readonly endpoint: Pick<Endpoint, 'id' | 'organisation'>
  readonly entry: Dispatched
}

interface DispatchDeps extends QueueDeps {
  readonly removeAllOf: RemoveAllOf
  /** Who is to be told of what. */
  readonly matching: (tx: InstanceTx, entries: readonly Dispatched[]) => Promise<Told[]>
}

/**
 * Reads the log and puts down who is to be told of what. Nothing of this is in the way of what is changed, and nothing is lost
 * between the change and its message: what is put down, and how far the log was read, is one transaction.
 */
export const createDispatch = (deps: DispatchDeps) => ({
  name: 'webhooks',
  /** Of what had happened before there was an endpoint it is not told; but where the log ends is too late on a first start:
   *  somebody may have added one by then, and asked for a test. */
  from: 'beginning' as const,
  take: async (tx: InstanceTx, entries: readonly Dispatched[]): Promise<void> => {
    const tests = entries.filter(({ action }) => action === TESTED)
    const others = entries.filter(({ action }) => action !== TESTED)
    for (const { action, target } of others)
      if (action === 'organisation.deleted' && orgId.is(target.id))
        await deps.removeAllOf(tx, target.id, deps.clock.now())
    const told = [...(await deps.matching(tx, others))]
    for (const entry of tests) {
      const endpoint = await testedBy(tx, entry)
      if (endpoint) told.push({ endpoint, entry })
    }
    await queueDeliveries(
      tx,
      deps,
      told.map(({ endpoint, entry }) => ({
        endpoint: endpoint.id,
        organisation: endpoint.organisation,
        event: entry.id,
        sequence: entry.seq,
        action: entry.action,
        replayOf: null,
      })),
    )
  },
})

/** It is told to the one that it is about, whatever that one chose, and also while it is disabled: to see whether it is mended. */
const testedBy = async (tx: InstanceTx, { target }: Dispatched) =>
  endpointId.is(target.id) ? endpointOf(tx, target.id) : undefined
