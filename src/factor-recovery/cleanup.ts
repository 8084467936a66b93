import { z } from 'zod'
import { inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import type { RecordFactorRecoveryEvent } from './ports.ts'
import { deleteOld } from './store.ts'

const sweepRecoveries = defineJob({ name: 'factor_recoveries.sweep', schema: z.strictObject({}), overlap: 'never' })

export const factorRecoveryJobKinds = [sweepRecoveries]
export const factorRecoveryJobSchedules: readonly JobSchedule[] = [schedule(sweepRecoveries, '29 * * * *')]

interface CleanupDeps<By> {
  readonly db: Db
  readonly clock: Clock
  readonly record: RecordFactorRecoveryEvent<By>
  /** In whose name. */
  readonly by: By
}

const BATCH = 200

/** One that nobody used or stopped in its time has expired. All of them are forgotten then, for they are about persons. */
export const factorRecoveryJobHandlers = <By>({ db, clock, record, by }: CleanupDeps<By>): JobHandler[] => [
  handle(sweepRecoveries, async (_payload, { signal }) => {
    for (;;) {
      const ended = await inTransaction(db, async (tx) => {
        const gone = await deleteOld(tx, clock.now(), BATCH)
        for (const { id, user, wasOpen } of gone) {
          const action = wasOpen ? 'factor_recovery.expired' : 'factor_recovery.forgotten'
          await record(tx, by, { action, target: user, after: { public: { recovery: id } } })
        }
        return gone.length
      })
      if (ended < BATCH || signal.aborted) return
    }
  }),
]
