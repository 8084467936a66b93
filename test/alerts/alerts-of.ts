import { type AlertFields, alertFields } from '../../src/alerts/alert.ts'
import { entryColumns, entryOf } from '../../src/audit/entry/row.ts'
import { inInstance } from '../../src/db/transaction.ts'
import { followForAlerts } from '../../src/instance/alerts.ts'
import type { Services } from '../../src/instance/services.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'

interface World {
  readonly services: Services
  readonly clock: Clock
}

/** What the follower makes of the events that stand in the database, as whoever wrote them did. */
export async function alertsOf({ services, clock }: World): Promise<(AlertFields & { readonly org: string | null })[]> {
  const { owner } = services.database
  const follower = followForAlerts({ config: testConfig(), services, clock, log: captureLog().log })
  return inInstance(owner, async (tx) => {
    const rows = await tx.selectFrom('events').select(entryColumns).orderBy('id').execute()
    const bytes = Buffer.alloc(32)
    const entries = rows.map(entryOf)
    await follower.take(
      tx,
      entries.map((entry, at) => ({ ...entry, seq: at + 1, actorName: null, entryHash: bytes, hash: bytes })),
    )
    const raised = await tx
      .selectFrom('events')
      .select(['after', 'org_id'])
      .where('action', '=', 'alert.raised')
      .orderBy('id')
      .execute()
    return raised.map(({ after, org_id: org }) => ({ ...alertFields.parse(after), org }))
  })
}
