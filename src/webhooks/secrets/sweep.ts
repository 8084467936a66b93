import { z } from 'zod'
import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import { inBatches } from '../../jobs/batches.ts'
import { handle, type JobHandler } from '../../jobs/handler.ts'
import { defineJob } from '../../jobs/job.ts'
import { type JobSchedule, schedule } from '../../jobs/schedule.ts'
import type { Clock } from '../../lib/clock.ts'
import { inLogOf } from '../endpoints/event.ts'
import type { Acting, RecordWebhookEvent } from '../endpoints/ports.ts'
import { deleteEnded } from './store.ts'

const sweep = defineJob({ name: 'webhook_secrets.sweep', schema: z.strictObject({}), overlap: 'never' })

export const webhookSecretJobKinds = [sweep]
export const webhookSecretJobSchedules: readonly JobSchedule[] = [schedule(sweep, '17 * * * *')]

interface SweepDeps<By extends Acting> {
  readonly owner: Db
  readonly by: By
  readonly record: RecordWebhookEvent<By>
  readonly clock: Clock
}

const BATCH = 100

/** A secret that signs nothing any more still opens what a receiver has not rotated: the less of it there is, the better. */
export const webhookSecretJobHandlers = <By extends Acting>(deps: SweepDeps<By>): JobHandler[] => {
  const { owner, by, record, clock } = deps
  const some = (batch: number) =>
    inInstance(owner, async (tx) => {
      const ended = await deleteEnded(tx, clock.now(), batch)
      for (const { endpoint, organisation, endedAt } of ended)
        await record(tx, inLogOf(by, { organisation }), {
          action: 'webhook.secret_removed',
          target: endpoint,
          before: { public: { formerEndsAt: endedAt.toISOString() } },
        })
      return ended.length
    })
  return [handle(sweep, async (_payload, { signal }) => void (await inBatches(signal, BATCH, some)))]
}
