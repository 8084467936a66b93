import type { InstanceTx } from '../../db/transaction.ts'
import { defineId } from '../../lib/ids.ts'
import { type Endpoint, type EndpointId, endpointId } from '../endpoints/endpoint.ts'

const orgId = defineId('org')

const keyOf = ({ id, organisation }: Pick<Endpoint, 'id' | 'organisation'>) => ({
  endpoint_id: endpointId.toUuid(id),
  org_id: organisation && orgId.toUuid(organisation),
})

export async function noteSuccess(
  tx: InstanceTx,
  endpoint: Pick<Endpoint, 'id' | 'organisation'>,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('webhook_health')
    .values({ ...keyOf(endpoint), last_success_at: at })
    .onConflict((conflict) => conflict.column('endpoint_id').doUpdateSet({ last_success_at: at, failing_since: null }))
    .execute()
}

/**
 * Answers since when nothing was taken. `anewBehind`: where the last failure is older, it counts from this one: nobody asked in
 * between, as after a test or a message that retention took.
 */
export async function noteFailure(
  tx: InstanceTx,
  endpoint: Pick<Endpoint, 'id' | 'organisation'>,
  at: Date,
  anewBehind: Date | null,
): Promise<Date | null> {
  const row = await tx
    .insertInto('webhook_health')
    .values({ ...keyOf(endpoint), last_failure_at: at, failing_since: at })
    .onConflict((conflict) =>
      conflict.column('endpoint_id').doUpdateSet((of) => ({
        last_failure_at: at,
        failing_since: of
          .case()
          .when('webhook_health.last_failure_at', '<', anewBehind)
          .then(of.ref('excluded.failing_since'))
          .else(of.fn.coalesce('webhook_health.failing_since', of.ref('excluded.failing_since')))
          .end(),
      })),
    )
    .returning('failing_since')
    .executeTakeFirst()
  return row?.failing_since ?? null
}

/** Since when nothing was taken. */
export async function failingSince(tx: InstanceTx, endpoint: EndpointId): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('webhook_health')
    .select('failing_since')
    .where('endpoint_id', '=', endpointId.toUuid(endpoint))
    .executeTakeFirst()
  return row?.failing_since ?? undefined
}
