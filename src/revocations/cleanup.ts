import { z } from 'zod'
import type { Db } from '../db/types.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import { deleteExpired } from './store.ts'

const cleanRevocations = defineJob({ name: 'revocations.clean', schema: z.strictObject({}), overlap: 'never' })

export const revocationJobKinds = [cleanRevocations]
export const revocationJobSchedules: readonly JobSchedule[] = [schedule(cleanRevocations, '17 * * * *')]

const BATCH = 1000

/** The tokens that they speak of have expired. */
export const revocationJobHandlers = ({ db, clock }: { readonly db: Db; readonly clock: Clock }): JobHandler[] => [
  handle(cleanRevocations, async (_payload, { signal }) => {
    for (;;) {
      const deleted = await deleteExpired(db, clock.now(), BATCH)
      if (deleted < BATCH || signal.aborted) return
    }
  }),
]
