import type { InstanceTx } from '../../db/transaction.ts'
import { defineId } from '../../lib/ids.ts'
import type { EndpointTx } from '../endpoints/store.ts'
import { type Delivery, type DeliveryId, deliveryId } from './delivery.ts'

const orgId = defineId('org')

export interface StoredAttempt {
  readonly id: string
  readonly attempt: number
  readonly at: Date
  readonly durationMs: number
  /** Null: nothing was sent, or it was before this was kept. */
  readonly url: string | null
  readonly status: number | null
  readonly failure: string | null
  readonly response: Buffer | null
}

/** Of the answers the latest is kept: one message is tried two dozen times, and whoever answers says how much they say. */
export async function insertAttempt(
  tx: InstanceTx,
  { id, organisation }: Pick<Delivery, 'id' | 'organisation'>,
  attempt: StoredAttempt,
): Promise<void> {
  // A time-out says nothing: the page that was answered before it still does.
  if (attempt.response)
    await tx
      .updateTable('webhook_attempts')
      .set({ response: null })
      .where('delivery_id', '=', deliveryId.toUuid(id))
      .where('response', 'is not', null)
      .execute()
  await tx
    .insertInto('webhook_attempts')
    .values({
      id: attempt.id,
      delivery_id: deliveryId.toUuid(id),
      org_id: organisation && orgId.toUuid(organisation),
      attempt: attempt.attempt,
      at: attempt.at,
      duration_ms: attempt.durationMs,
      url: attempt.url,
      status: attempt.status,
      failure: attempt.failure,
      response: attempt.response,
    })
    .execute()
}

/** The oldest first. */
export async function attemptsOf(tx: EndpointTx, id: DeliveryId): Promise<StoredAttempt[]> {
  const rows = await tx
    .selectFrom('webhook_attempts')
    .select(['id', 'attempt', 'at', 'duration_ms', 'url', 'status', 'failure', 'response'])
    .where('delivery_id', '=', deliveryId.toUuid(id))
    .orderBy('id')
    .execute()
  return rows.map(({ duration_ms, ...row }) => ({ ...row, durationMs: duration_ms }))
}
