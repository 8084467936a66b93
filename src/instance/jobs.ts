import { z } from 'zod'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Log } from '../lib/log.ts'
import type { Services } from './services.ts'

const nothing = z.strictObject({})

const maintainSigningKeys = defineJob({ name: 'signing_keys.maintain', schema: nothing, overlap: 'never' })
const maintainSealKeys = defineJob({
  name: 'seal_keys.maintain',
  schema: nothing,
  overlap: 'never',
  timeoutSeconds: 3600,
})

export const jobKinds = [maintainSigningKeys, maintainSealKeys]

/** Checks that find nothing to do on most days: their times are spread, so that a small machine does one at a time. */
export const jobSchedules: readonly JobSchedule[] = [
  schedule(maintainSigningKeys, '7 * * * *'),
  schedule(maintainSealKeys, '23 3 * * *'),
]

export const jobHandlers = ({ keyring, signing }: Services, log: Log): JobHandler[] => [
  handle(maintainSigningKeys, async () => {
    const done = await signing.keys.maintain()
    if (done.rotated || done.erased.length > 0) log.info(done, 'the signing keys were maintained')
  }),
  handle(maintainSealKeys, async () => {
    const done = await keyring.maintain()
    if (done.rotated || done.resealed > 0 || done.destroyed.length > 0) log.info(done, 'the seal keys were maintained')
  }),
]
