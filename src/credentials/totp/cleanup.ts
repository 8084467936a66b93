import { z } from 'zod'
import type { Db } from '../../db/types.ts'
import { handle, type JobHandler } from '../../jobs/handler.ts'
import { defineJob } from '../../jobs/job.ts'
import { type JobSchedule, schedule } from '../../jobs/schedule.ts'
import type { Clock } from '../../lib/clock.ts'
import { deleteExpiredOffers } from './offer-store.ts'

const sweepOffers = defineJob({ name: 'totp_offers.sweep', schema: z.strictObject({}), overlap: 'never' })

export const totpJobKinds = [sweepOffers]
export const totpJobSchedules: readonly JobSchedule[] = [schedule(sweepOffers, '9-59/20 * * * *')]

interface CleanupDeps {
  readonly db: Db
  readonly clock: Clock
}

const BATCH = 1000

/** What has expired is offered to nobody any more; this is so that no secret lies about without a use. */
export const totpJobHandlers = ({ db, clock }: CleanupDeps): JobHandler[] => [
  handle(sweepOffers, async (_payload, { signal }) => {
    for (;;) {
      const deleted = await deleteExpiredOffers(db, clock.now(), BATCH)
      if (deleted < BATCH || signal.aborted) return
    }
  }),
]
