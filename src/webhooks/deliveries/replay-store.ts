import { sql } from 'kysely'
import type { EventId } from '../../audit/event.ts'
import type { InstanceTx } from '../../db/transaction.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { type EndpointId, endpointId } from '../endpoints/endpoint.ts'

const eventId = defineId('evt')
const orgId = defineId('org')

export interface Replayable {
  readonly event: EventId
  readonly sequence: number
  readonly action: string
  readonly at: Date
}

interface Row {
  readonly event_id: string
  readonly seq: string
  readonly action: string
  readonly at: Date
}

const toReplayable = ({ event_id, seq, action, at }: Row): Replayable => ({
  event: eventId.fromUuid(event_id),
  sequence: Number(seq),
  action,
  at,
})

interface Range {
  readonly endpoint: EndpointId
  /** When it happened, as far as it is said. */
  readonly from: Date | null
  readonly to: Date | null
  readonly limit: number
}

/** What it never got, each event once: of what was sent again meanwhile, or is on its way, nothing. In the order of the log. */
export async function listFailed(tx: InstanceTx, { endpoint, from, to, limit }: Range): Promise<Replayable[]> {
  const { rows } = await sql<Row>`
    SELECT DISTINCT failed.seq, failed.event_id, audit_chain.at, failed.action
    FROM webhook_deliveries AS failed JOIN audit_chain ON audit_chain.event_id = failed.event_id
    WHERE failed.endpoint_id = ${endpointId.toUuid(endpoint)} AND failed.state IN ('failed', 'discarded')
      AND failed.action <> 'webhook.tested'
      AND (${from}::timestamptz IS NULL OR audit_chain.at >= ${from}) AND (${to}::timestamptz IS NULL OR audit_chain.at < ${to})
      AND NOT EXISTS (
        SELECT FROM webhook_deliveries AS other
        WHERE other.event_id = failed.event_id AND other.endpoint_id = failed.endpoint_id
          AND other.state IN ('queued', 'delivered'))
    ORDER BY failed.seq LIMIT ${limit}`.execute(tx)
  return rows.map(toReplayable)
}

interface Missed extends Range {
  readonly organisation: Id<'org'> | null
  readonly after: number
  /** Also what it was told of, and is not on its way. */
  readonly told: boolean
}

/**
 * What it was never to be told of: it was disabled, had not chosen it, or was not there. From the log itself, a page at a time.
 * The time that an event has is not the order that it stands in, so that whoever looks for a time begins at the segment in
 * which it can be.
 */
export async function listUntold(tx: InstanceTx, missed: Missed): Promise<Replayable[]> {
  const { endpoint, organisation, from, to, after, told, limit } = missed
  const org = organisation && orgId.toUuid(organisation)
  const { rows } = await sql<Row>`
    SELECT audit_chain.seq, audit_chain.event_id, audit_chain.at, events.action
    FROM audit_chain JOIN events ON events.id = audit_chain.event_id
    WHERE audit_chain.seq > greatest(${after}::bigint,
        (SELECT coalesce(max(seq), 0) FROM audit_checkpoints WHERE last_at < ${from}::timestamptz))
      AND (${from}::timestamptz IS NULL OR audit_chain.at >= ${from}) AND (${to}::timestamptz IS NULL OR audit_chain.at < ${to})
      AND (${org}::uuid IS NULL OR audit_chain.org_id = ${org})
      AND events.action <> 'webhook.tested'
      AND NOT EXISTS (
        SELECT FROM webhook_deliveries AS told
        WHERE told.event_id = audit_chain.event_id AND told.endpoint_id = ${endpointId.toUuid(endpoint)}
          AND (NOT ${told}::boolean OR told.state = 'queued'))
    ORDER BY audit_chain.seq LIMIT ${limit}`.execute(tx)
  return rows.map(toReplayable)
}

/** Undefined for what is not in the log, or is not that organisation's. */
export async function findReplayable(
  tx: InstanceTx,
  organisation: Id<'org'> | null,
  event: EventId,
): Promise<Replayable | undefined> {
  const org = organisation && orgId.toUuid(organisation)
  const { rows } = await sql<Row>`
    SELECT audit_chain.seq, audit_chain.event_id, audit_chain.at, events.action
    FROM audit_chain JOIN events ON events.id = audit_chain.event_id
    WHERE audit_chain.event_id = ${eventId.toUuid(event)} AND (${org}::uuid IS NULL OR audit_chain.org_id = ${org})
      AND events.action <> 'webhook.tested'`.execute(tx)
  const [row] = rows
  return row && toReplayable(row)
}
