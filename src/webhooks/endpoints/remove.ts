import type { InstanceTx } from '../../db/transaction.ts'
import type { Id } from '../../lib/ids.ts'
import { deleteSecretsBut } from '../secrets/store.ts'
import type { Endpoint } from './endpoint.ts'
import { inLogOf, snapshotOf } from './event.ts'
import type { Acting, RecordWebhookEvent } from './ports.ts'
import { type EndpointTx, lockEndpointsOf, markRemoved } from './store.ts'

/** It is locked by the caller. Nobody can be told by it any more, nor sign as it. */
export const removeEndpoint =
  <By extends Acting>(record: RecordWebhookEvent<By>) =>
  async (tx: EndpointTx, by: By, endpoint: Endpoint, at: Date): Promise<void> => {
    await markRemoved(tx, endpoint.id, at)
    await deleteSecretsBut(tx, endpoint.id, [])
    await record(tx, inLogOf(by, endpoint), {
      action: 'webhook.removed',
      target: endpoint.id,
      before: { public: snapshotOf(endpoint) },
    })
  }

/** It was deleted: whoever looked after its endpoints has gone, and what follows is no business of theirs. */
export type RemoveAllOf = (tx: InstanceTx, organisation: Id<'org'>, at: Date) => Promise<unknown>

export const removingAllOf = <By extends Acting>({
  by,
  record,
}: {
  readonly by: By
  readonly record: RecordWebhookEvent<By>
}): RemoveAllOf => {
  const remove = removeEndpoint(record)
  return async (tx, organisation, at) => {
    for (const endpoint of await lockEndpointsOf(tx, organisation)) await remove(tx, by, endpoint, at)
  }
}
