import type { Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { type EndpointId, endpointId } from '../endpoints/endpoint.ts'
import { type Delivery, type DeliveryId, deliveryId } from './delivery.ts'

const orgId = defineId('org')
const eventId = defineId('evt')

export type NewDelivery = Pick<
  Delivery,
  'id' | 'endpoint' | 'organisation' | 'event' | 'sequence' | 'action' | 'replayOf' | 'createdAt' | 'giveUpAt'
>

export interface Inserted {
  readonly id: DeliveryId
  readonly attempts: number
  readonly endpoint: EndpointId
  readonly organisation: Id<'org'> | null
}

export interface InsertedRow {
  readonly id: string
  readonly attempts: number
  readonly endpoint_id: string
  readonly org_id: string | null
}

export const toInserted = (row: InsertedRow): Inserted => ({
  id: deliveryId.fromUuid(row.id),
  attempts: row.attempts,
  endpoint: endpointId.fromUuid(row.endpoint_id),
  organisation: row.org_id === null ? null : orgId.fromUuid(row.org_id),
})

/** So many rows fit into one statement. */
const MOST = 1000

/** Answers those that are new: of an event an endpoint is told once, however often somebody begins anew. */
export async function insertDeliveries(tx: Tx, deliveries: readonly NewDelivery[]): Promise<Inserted[]> {
  const inserted: Inserted[] = []
  for (let from = 0; from < deliveries.length; from += MOST) {
    const rows = await tx
      .insertInto('webhook_deliveries')
      .values(deliveries.slice(from, from + MOST).map(toRow))
      .onConflict((conflict) =>
        conflict.columns(['endpoint_id', 'event_id']).where('replay_of', 'is', null).doNothing(),
      )
      .returning(['id', 'attempts', 'endpoint_id', 'org_id'])
      .execute()
    inserted.push(...rows.map(toInserted))
  }
  return inserted
}

const toRow = (delivery: NewDelivery) => ({
  id: deliveryId.toUuid(delivery.id),
  endpoint_id: endpointId.toUuid(delivery.endpoint),
  org_id: delivery.organisation && orgId.toUuid(delivery.organisation),
  event_id: eventId.toUuid(delivery.event),
  seq: delivery.sequence,
  action: delivery.action,
  state: 'queued',
  replay_of: delivery.replayOf && eventId.toUuid(delivery.replayOf),
  created_at: delivery.createdAt,
  next_at: delivery.createdAt,
  give_up_at: delivery.giveUpAt,
})
