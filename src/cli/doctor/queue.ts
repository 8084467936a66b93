import { createPool } from '../../db/pool.ts'
import { deadJobs } from '../../jobs/dead.ts'
import { queueVersion } from '../../jobs/migrate.ts'
import { type Check, failure, fine, warning } from './finding.ts'

/** Whether background work was given up: a mail that was never sent is seen by nobody else. */
export const queueCheck: Check = {
  subject: 'queue',
  examine: async ({ target, log }) => {
    const pool = createPool(target, 'hearthkey_owner', { max: 1, log })
    try {
      if ((await queueVersion(pool)) === undefined)
        return [failure('there is no queue yet', 'Run hearthkey migrate, or start the server.')]
      const dead = await deadJobs(pool)
      if (dead.length === 0) return [fine('no background job was given up')]
      return dead.map(({ kind, jobId, attempts, reason }) =>
        warning(
          `a job of kind ${kind} was given up after ${attempts} attempts: ${reason}`,
          `Look for ${jobId} in the log, and mend the cause.`,
        ),
      )
    } finally {
      await pool.end()
    }
  },
}
