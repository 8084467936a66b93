import { sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import { defineId } from '../../lib/ids.ts'
import { type Endpoint, endpointId } from '../endpoints/endpoint.ts'
import type { EndpointTx } from '../endpoints/store.ts'
import { type Delivery, type DeliveryId, deliveryId, deliveryState } from './delivery.ts'

const orgId = defineId('org')
const eventId = defineId('evt')

const columns = [
  'webhook_deliveries.id',
  'webhook_deliveries.endpoint_id',
  'webhook_deliveries.org_id',
  'webhook_deliveries.event_id',
  'webhook_deliveries.seq',
  'webhook_deliveries.action',
  'webhook_deliveries.state',
  'webhook_deliveries.attempts',
  'webhook_deliveries.replay_of',
  'webhook_deliveries.created_at',
  'webhook_deliveries.next_at',
  'webhook_deliveries.give_up_at',
  'webhook_deliveries.ended_at',
] as const

const selecting = (tx: EndpointTx) => tx.selectFrom('webhook_deliveries').select(columns)

type Row = Awaited<ReturnType<ReturnType<typeof selecting>['execute']>>[number]

const toDelivery = (row: Row): Delivery => ({
  id: deliveryId.fromUuid(row.id),
  endpoint: endpointId.fromUuid(row.endpoint_id),
  organisation: row.org_id === null ? null : orgId.fromUuid(row.org_id),
  event: eventId.fromUuid(row.event_id),
  sequence: Number(row.seq),
  action: row.action,
  state: deliveryState.parse(row.state),
  attempts: row.attempts,
  replayOf: row.replay_of === null ? null : eventId.fromUuid(row.replay_of),
  createdAt: row.created_at,
  nextAt: row.next_at,
  giveUpAt: row.give_up_at,
  endedAt: row.ended_at,
})

export async function findDelivery(tx: EndpointTx, id: DeliveryId): Promise<Delivery | undefined> {
  const row = await selecting(tx).where('id', '=', deliveryId.toUuid(id)).executeTakeFirst()
  return row && toDelivery(row)
}

/** The latest of that event. */
export async function findDeliveryOf(
  tx: EndpointTx,
  endpoint: Delivery['endpoint'],
  event: Delivery['event'],
): Promise<Delivery | undefined> {
  const row = await selecting(tx)
    .where('event_id', '=', eventId.toUuid(event))
    .where('endpoint_id', '=', endpointId.toUuid(endpoint))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && toDelivery(row)
}

/** What a sender has to know of where it goes. */
export interface Waiting {
  readonly delivery: Delivery
  readonly endpoint: Pick<Endpoint, 'id' | 'organisation' | 'url' | 'personal' | 'disabledAt'> & {
    /** Nobody is there to be told any more: it was removed, or its organisation was deleted. */
    readonly isGone: boolean
    /** Another one after each change. */
    readonly version: string
    /** The first failure since the last success. */
    readonly failingSince: Date | null
  }
}

/** Undefined for what has ended. */
export async function findWaiting(tx: InstanceTx, id: DeliveryId): Promise<Waiting | undefined> {
  const row = await selecting(tx)
    .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'webhook_deliveries.endpoint_id')
    .leftJoin('organisations', 'organisations.id', 'webhook_endpoints.org_id')
    .leftJoin('webhook_health', 'webhook_health.endpoint_id', 'webhook_endpoints.id')
    .select(['url', 'personal', 'disabled_at', 'removed_at', 'organisations.status', 'failing_since'])
    // Of the row, by the database: no clock has to be believed, and a lock does not change it.
    .select(sql<string>`webhook_endpoints.xmin::text`.as('version'))
    .where('webhook_deliveries.id', '=', deliveryId.toUuid(id))
    .where('webhook_deliveries.state', '=', 'queued')
    .executeTakeFirst()
  if (!row) return undefined
  const delivery = toDelivery(row)
  const { url, personal, disabled_at: disabledAt, version, failing_since: failingSince } = row
  const isGone = row.removed_at !== null || row.status === 'deleted'
  return {
    delivery,
    endpoint: {
      id: delivery.endpoint,
      organisation: delivery.organisation,
      ...{ url, personal, disabledAt, isGone, version, failingSince },
    },
  }
}

/** Whether it still is; if so, whoever enables it waits until this is over, and resumes what is put off here. */
export async function isStillDisabled(tx: InstanceTx, id: Endpoint['id']): Promise<boolean> {
  const row = await tx
    .selectFrom('webhook_endpoints')
    .select('disabled_at')
    .where('id', '=', endpointId.toUuid(id))
    .forShare()
    .executeTakeFirst()
  return row?.disabled_at !== null
}

/** Whether it is what was asked; held, so that whoever changes it is before or after what is decided by it. */
export async function isAsAsked(tx: InstanceTx, { id, version }: Waiting['endpoint']): Promise<boolean> {
  const row = await tx
    .selectFrom('webhook_endpoints')
    .select(sql<string>`xmin::text`.as('version'))
    .where('id', '=', endpointId.toUuid(id))
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row?.version === version
}

const waiting = (tx: InstanceTx, id: DeliveryId) =>
  tx.updateTable('webhook_deliveries').where('id', '=', deliveryId.toUuid(id)).where('state', '=', 'queued')

/** Null: until its endpoint is enabled again, or has rested. */
export const putOff = (tx: InstanceTx, id: DeliveryId, nextAt: Date | null): Promise<unknown> =>
  waiting(tx, id).set({ next_at: nextAt }).execute()

/**
 * Whether something waits until it has rested. In the order of webhook_deliveries_put_off: without one the planner believes that it
 * finds one at once in the table, of which a dead endpoint of somebody else may have the most part.
 */
export async function hasPutOff(tx: InstanceTx, endpoint: Endpoint['id']): Promise<boolean> {
  const row = await tx
    .selectFrom('webhook_deliveries')
    .select('id')
    .where('endpoint_id', '=', endpointId.toUuid(endpoint))
    .where('state', '=', 'queued')
    .where('next_at', 'is', null)
    .orderBy('attempts')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export const discard = (tx: InstanceTx, id: DeliveryId, at: Date): Promise<unknown> =>
  waiting(tx, id).set({ state: 'discarded', next_at: null, ended_at: at }).execute()

/** Its time is over, and there was no place to try it once more. */
export const giveUp = (tx: InstanceTx, id: DeliveryId, at: Date): Promise<unknown> =>
  waiting(tx, id).set({ state: 'failed', next_at: null, ended_at: at }).execute()

/** After an attempt. */
export type Next = { readonly at: Date } | { readonly ended: 'delivered' | 'failed'; readonly at: Date }

/** False where it has ended meanwhile, or somebody else has made this attempt as well: theirs counts. */
export async function markAttempt(tx: InstanceTx, id: DeliveryId, attempt: number, next: Next): Promise<boolean> {
  const { numUpdatedRows } = await waiting(tx, id)
    .set(
      'ended' in next
        ? { attempts: attempt, state: next.ended, next_at: null, ended_at: next.at }
        : { attempts: attempt, next_at: next.at },
    )
    .where('attempts', '=', attempt - 1)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export interface DeliveriesPage {
  readonly endpoint: Endpoint['id']
  /** Those that failed, or were discarded. */
  readonly failed: boolean
  readonly before?: DeliveryId | undefined
  readonly limit: number
}

/** The newest first, by webhook_deliveries_of_endpoint, or for the failed ones by webhook_deliveries_by_state. */
export async function listDeliveries(tx: EndpointTx, page: DeliveriesPage): Promise<Delivery[]> {
  const { endpoint, failed, before, limit } = page
  const rows = await selecting(tx)
    .where('endpoint_id', '=', endpointId.toUuid(endpoint))
    .$if(failed, (query) => query.where('state', 'in', ['failed', 'discarded']))
    .$if(before !== undefined, (query) => query.where('id', '<', before ? deliveryId.toUuid(before) : ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toDelivery)
}
