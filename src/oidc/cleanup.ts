import { z } from 'zod'
import type { Db } from '../db/types.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { deleteExpired } from './artifacts/store.ts'

const cleanArtifacts = defineJob({
  name: 'oidc_artifacts.clean',
  schema: z.strictObject({}),
  overlap: 'never',
})

export const oidcJobKinds = [cleanArtifacts]
export const oidcJobSchedules: readonly JobSchedule[] = [schedule(cleanArtifacts, '*/10 * * * *')]

interface CleanupDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
}

const BATCH = 1000

/** What has expired opens nothing any more; this is for the room that it takes. */
export const oidcJobHandlers = ({ db, clock, log }: CleanupDeps): JobHandler[] => [
  handle(cleanArtifacts, async (_payload, { signal }) => {
    let total = 0
    for (;;) {
      const deleted = await deleteExpired(db, clock.now(), BATCH)
      total += deleted
      if (deleted < BATCH || signal.aborted) break
    }
    if (total > 0) log.debug({ total }, 'expired protocol state was removed')
  }),
]
