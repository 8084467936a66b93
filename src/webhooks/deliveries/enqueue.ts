import type { Tx } from '../../db/types.ts'
import type { EnqueueAll } from '../../jobs/enqueue.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { deliveryId } from './delivery.ts'
import { type Inserted, insertDeliveries, type NewDelivery } from './insert-store.ts'
import { deliverWebhook } from './job.ts'

export interface QueueDeps {
  readonly enqueueAll: EnqueueAll
  readonly clock: Clock
  /** Milliseconds. */
  readonly giveUpAfter: number
}

type Told = Omit<NewDelivery, 'id' | 'createdAt' | 'giveUpAt'>

/** A delivery and its job, in one transaction. */
export async function queueDeliveries(
  tx: Tx,
  { enqueueAll, clock, giveUpAfter }: QueueDeps,
  told: readonly Told[],
): Promise<Inserted[]> {
  const createdAt = clock.now()
  const giveUpAt = new Date(createdAt.getTime() + giveUpAfter)
  const inserted = await insertDeliveries(
    tx,
    told.map((one) => ({ ...one, id: deliveryId.generate(), createdAt, giveUpAt })),
  )
  await enqueueAll(tx, deliverWebhook, inserted.map(jobFor))
  return inserted
}

interface Alarm extends Inserted {
  readonly at?: Date
}

/** What nobody has refused yet comes first: many that fail again must not keep the one back that would be taken. */
export const jobFor = ({ at, ...told }: Alarm) => ({
  payload: { delivery: told.id },
  group: groupOf({ ...told, id: told.endpoint }),
  isUrgent: told.attempts === 0,
  ...(at && { at }),
})

/**
 * Of a group one message at a time is sent by each process. All endpoints of an organisation are in two of them: however many
 * it has, and however slowly they answer, the other workers are there for everybody else. Those of the instance are the
 * operator's own, each for itself.
 */
export const groupOf = ({ id, organisation }: Pick<Endpoint, 'id' | 'organisation'>): string =>
  organisation === null ? id : `${organisation}.${Number.parseInt(id.slice(-1), 16) % 2}`
