import { z } from 'zod'
import { inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import type { RecordTrustEvent } from './ports.ts'
import { deleteExpired } from './store.ts'

const sweepTrusts = defineJob({ name: 'trusted_browsers.sweep', schema: z.strictObject({}), overlap: 'never' })

export const trustedBrowserJobKinds = [sweepTrusts]
export const trustedBrowserJobSchedules: readonly JobSchedule[] = [schedule(sweepTrusts, '53 * * * *')]

interface CleanupDeps<By> {
  readonly db: Db
  readonly clock: Clock
  readonly record: RecordTrustEvent<By>
  /** In whose name. */
  readonly by: By
}

const BATCH = 500

/** What is over counts for nothing; this is for the room that it takes, and because device and address are about a person. */
export const trustedBrowserJobHandlers = <By>({ db, clock, record, by }: CleanupDeps<By>): JobHandler[] => [
  handle(sweepTrusts, async (_payload, { signal }) => {
    for (;;) {
      const ended = await inTransaction(db, async (tx) => {
        const gone = await deleteExpired(tx, clock.now(), BATCH)
        for (const { id, user } of gone) {
          const [before, after] = [{ public: { browser: id } }, { public: { reason: 'expired' } }]
          await record(tx, by, { action: 'browser.trust_ended', target: user, before, after })
        }
        return gone.length
      })
      if (ended < BATCH || signal.aborted) return
    }
  }),
]
