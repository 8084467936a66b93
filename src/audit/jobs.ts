import { z } from 'zod'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import { type PruneDeps, pruneLog } from './retention/prune.ts'
import { verifyNightly } from './verify/nightly.ts'

const nothing = z.strictObject({})
const verify = defineJob({ name: 'audit.verify', schema: nothing, overlap: 'never', timeoutSeconds: 6 * 3600 })
const prune = defineJob({ name: 'audit.prune', schema: nothing, overlap: 'never', timeoutSeconds: 6 * 3600 })

export const auditJobKinds = [verify, prune]

/** In this order: what was not found right is not taken away. */
export const auditJobSchedules: readonly JobSchedule[] = [schedule(verify, '11 2 * * *'), schedule(prune, '41 3 * * *')]

export const auditJobHandlers = (deps: PruneDeps): JobHandler[] => [
  handle(verify, async (_payload, { signal }) => {
    await verifyNightly(deps, signal)
  }),
  handle(prune, async (_payload, { signal }) => {
    const done = await pruneLog(deps, signal)
    if (done.entries + done.links > 0) deps.log.info(done, 'retention took away what was old')
  }),
]
