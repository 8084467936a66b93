import { sql } from 'kysely'
import { alertFields } from '../../src/alerts/alert.ts'
import type { ActorContext } from '../../src/audit/actor.ts'
import { entryColumns, entryOf } from '../../src/audit/entry/row.ts'
import type { ChainedEntry } from '../../src/audit/entry/stored-entry.ts'
import type { EventInput } from '../../src/audit/event.ts'
import type { Config } from '../../src/config/config.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { followForAlerts } from '../../src/instance/alerts.ts'
import { createTestInstance } from '../support/instance.ts'

export const operator: ActorContext = { actor: { kind: 'operator', id: 'test' } }

/** Events happen, and the follower is shown all that it has not seen, as the chain would. */
export async function alertWorld(alerts: Partial<Config['alerts']> = {}) {
  const instance = await createTestInstance()
  const { services, clock } = instance
  const config = { ...instance.config, alerts: { ...instance.config.alerts, ...alerts } }
  const { database, events } = services
  const follower = followForAlerts({ config, services, clock, log: instance.log.log })
  const seen = new Set<string>()
  const unseen = async (): Promise<ChainedEntry[]> =>
    inInstance(database.owner, async (tx) => {
      const rows = await tx.selectFrom('events').select(entryColumns).orderBy('id').execute()
      return rows
        .map(entryOf)
        .filter(({ id }) => !seen.has(id))
        .map((entry, index) => {
          seen.add(entry.id)
          return { ...entry, seq: index + 1, actorName: null, entryHash: Buffer.alloc(32), hash: Buffer.alloc(32) }
        })
    })
  await unseen()
  return {
    ...instance,
    config,
    follower,
    happens: (event: EventInput, by = operator) =>
      // What the log says of itself, only its owner may write.
      event.action.startsWith('audit.')
        ? inInstance(database.owner, (tx) => events.recordEvent(tx, by, event))
        : inTransaction(database.app, (tx) => events.recordEvent(tx, by, event)),
    /** Until there is nothing new: alerts are events, too. */
    look: async (): Promise<void> => {
      for (let entries = await unseen(); entries.length > 0; entries = await unseen())
        await inInstance(database.owner, (tx) => follower.take(tx, entries))
    },
    raised: () =>
      inInstance(database.owner, async (tx) => {
        const rows = await tx
          .selectFrom('events')
          .select(['after', 'org_id', 'actor_id'])
          .where('action', '=', 'alert.raised')
          .orderBy('id')
          .execute()
        return rows.map(({ after, ...rest }) => ({ ...alertFields.parse(after), ...rest }))
      }),
    letterJobs: () =>
      inInstance(database.owner, async (tx) => {
        const { rows } = await sql<{ start_after: Date }>`
          SELECT start_after FROM pgboss.job WHERE name = 'alerts.tell'`.execute(tx)
        return rows
      }),
  }
}
export type AlertWorld = Awaited<ReturnType<typeof alertWorld>>
