import { z } from 'zod'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import { deliverMail } from './deliver-job.ts'
import type { Deliver } from './delivery.ts'

const sweepOutbox = defineJob({ name: 'outbox.sweep', schema: z.strictObject({}), overlap: 'never' })

export const mailJobKinds = [deliverMail, sweepOutbox]
export const mailJobSchedules: readonly JobSchedule[] = [schedule(sweepOutbox, '*/5 * * * *')]

interface MailJobDeps {
  readonly deliver: Deliver
  readonly sweep: (signal: AbortSignal) => Promise<void>
}

export const mailJobHandlers = ({ deliver, sweep }: MailJobDeps): JobHandler[] => [
  handle(deliverMail, ({ mail }, { signal, attempt }) =>
    deliver(mail, { signal, isLast: attempt > deliverMail.retry.limit }),
  ),
  handle(sweepOutbox, (_payload, { signal }) => sweep(signal)),
]
