import { sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import { type EndpointId, endpointId } from '../endpoints/endpoint.ts'
import { type DeliveryId, deliveryId } from './delivery.ts'
import { type Inserted, type InsertedRow, toInserted } from './insert-store.ts'

interface Resumed {
  readonly endpoint: EndpointId
  readonly now: Date
  readonly giveUpAt: Date
  readonly limit: number
}

/** What waits for it, whether for its enabling or for its turn, is due, and has all the time again. The oldest first. */
export async function makeDue(tx: InstanceTx, { endpoint, now, giveUpAt, limit }: Resumed): Promise<Inserted[]> {
  const { rows } = await sql<InsertedRow>`
    UPDATE webhook_deliveries SET next_at = ${now}, give_up_at = ${giveUpAt}
    WHERE id = ANY(ARRAY(
      SELECT id FROM webhook_deliveries
      WHERE endpoint_id = ${endpointId.toUuid(endpoint)} AND state = 'queued' AND (next_at IS NULL OR next_at > ${now})
      ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED))
    RETURNING id, attempts, endpoint_id, org_id`.execute(tx)
  return rows.map(toInserted)
}

/** What is due already, and its job late, has all the time again too: it is as little to blame. Answers how many. */
export async function prolongDue(tx: InstanceTx, { endpoint, now, giveUpAt, limit }: Resumed): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE webhook_deliveries SET give_up_at = ${giveUpAt}
    WHERE id = ANY(ARRAY(
      SELECT id FROM webhook_deliveries
      WHERE endpoint_id = ${endpointId.toUuid(endpoint)} AND state = 'queued' AND next_at <= ${now} AND give_up_at < ${giveUpAt}
      ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED))`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/**
 * What was put off while it rested, and nothing that waits for its own turn. What was tried least comes first: who refuses one
 * kind of message would be asked about those alone, as they come back by themselves. Nothing of one that is disabled.
 */
export async function makeRestedDue(
  tx: InstanceTx,
  { endpoint, now, limit }: Omit<Resumed, 'giveUpAt'>,
): Promise<Inserted[]> {
  const { rows } = await sql<InsertedRow>`
    UPDATE webhook_deliveries SET next_at = ${now}
    WHERE id = ANY(ARRAY(
      SELECT id FROM webhook_deliveries
      WHERE endpoint_id = ${endpointId.toUuid(endpoint)} AND state = 'queued' AND next_at IS NULL
        AND EXISTS (SELECT FROM webhook_endpoints WHERE id = endpoint_id AND disabled_at IS NULL)
      ORDER BY attempts, id LIMIT ${limit} FOR UPDATE SKIP LOCKED))
    RETURNING id, attempts, endpoint_id, org_id`.execute(tx)
  return rows.map(toInserted)
}

/**
 * Enabled ones for which something waits that nobody rings for: whoever was to do so is no more, or the one that was to try
 * after a rest has ended without a success.
 */
export async function listStalled(tx: InstanceTx): Promise<EndpointId[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM webhook_endpoints
    WHERE disabled_at IS NULL AND EXISTS (
      SELECT FROM webhook_deliveries WHERE endpoint_id = webhook_endpoints.id AND state = 'queued' AND next_at IS NULL)
    ORDER BY id`.execute(tx)
  return rows.map(({ id }) => endpointId.fromUuid(id))
}

interface Page {
  readonly after: DeliveryId | undefined
  readonly limit: number
}

/** Due for so long that the job that should have rung for it is no more. The oldest first, so that each has its turn. */
export async function listForgotten(tx: InstanceTx, dueBefore: Date, { after, limit }: Page): Promise<Inserted[]> {
  const rows = await tx
    .selectFrom('webhook_deliveries')
    .select(['id', 'attempts', 'endpoint_id', 'org_id'])
    .where('state', '=', 'queued')
    .where('next_at', '<=', dueBefore)
    .$if(after !== undefined, (query) => query.where('id', '>', after ? deliveryId.toUuid(after) : ''))
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(toInserted)
}

/** What was put down for a time further off than any pause is: by a clock that was ahead. */
export async function makeFarOffDue(tx: InstanceTx, dueAfter: Date, now: Date, limit: number): Promise<Inserted[]> {
  const { rows } = await sql<InsertedRow>`
    UPDATE webhook_deliveries SET next_at = ${now}
    WHERE id = ANY(ARRAY(
      SELECT id FROM webhook_deliveries
      WHERE state = 'queued' AND next_at > ${dueAfter} ORDER BY next_at LIMIT ${limit} FOR UPDATE SKIP LOCKED))
    RETURNING id, attempts, endpoint_id, org_id`.execute(tx)
  return rows.map(toInserted)
}

/**
 * What was put off, and its time is over: nobody rings for it, and where more comes than is tried it might wait for ever. Not what
 * waits for one that is disabled: it has all its time again when that is enabled.
 */
export async function giveUpOverdue(
  tx: InstanceTx,
  { endpoint, now, limit }: Omit<Resumed, 'giveUpAt'>,
): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE webhook_deliveries SET state = 'failed', ended_at = ${now}
    WHERE id = ANY(ARRAY(
      SELECT id FROM webhook_deliveries
      WHERE endpoint_id = ${endpointId.toUuid(endpoint)} AND state = 'queued' AND next_at IS NULL AND give_up_at <= ${now}
        AND EXISTS (SELECT FROM webhook_endpoints WHERE id = endpoint_id AND disabled_at IS NULL)
      LIMIT ${limit} FOR UPDATE SKIP LOCKED))`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** What waits for an endpoint that nobody has enabled for as long as the log of deliveries reaches. Answers whose each was. */
export async function discardOld(tx: InstanceTx, createdBefore: Date, now: Date, limit: number): Promise<EndpointId[]> {
  const { rows } = await sql<{ endpoint_id: string }>`
    UPDATE webhook_deliveries SET state = 'discarded', ended_at = ${now}
    WHERE id = ANY(ARRAY(
      SELECT id FROM webhook_deliveries
      WHERE state = 'queued' AND next_at IS NULL AND created_at <= ${createdBefore}
        AND EXISTS (SELECT FROM webhook_endpoints WHERE id = endpoint_id AND disabled_at IS NOT NULL)
      LIMIT ${limit} FOR UPDATE SKIP LOCKED))
    RETURNING endpoint_id`.execute(tx)
  return rows.map(({ endpoint_id }) => endpointId.fromUuid(endpoint_id))
}

/** Along with its attempts. */
export async function deleteEnded(tx: InstanceTx, endedBefore: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM webhook_deliveries
    WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM webhook_deliveries WHERE ended_at <= ${endedBefore}
      ORDER BY ended_at LIMIT ${limit} FOR UPDATE SKIP LOCKED))`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
