import { handle, type JobHandler } from '../../jobs/handler.ts'
import { type JobSchedule, schedule } from '../../jobs/schedule.ts'
import { cleanDeliveries, deliverWebhook, resumeDeliveries } from './job.ts'
import { createSend, type SendDeps } from './send.ts'
import { clean, resume, resumeRested, type UpkeepDeps } from './upkeep.ts'

export const webhookJobKinds = [deliverWebhook, resumeDeliveries, cleanDeliveries]
export const webhookJobSchedules: readonly JobSchedule[] = [schedule(cleanDeliveries, '41 * * * *')]

export function webhookJobHandlers(deps: SendDeps & UpkeepDeps): JobHandler[] {
  const send = createSend(deps)
  return [
    handle(deliverWebhook, ({ delivery }) => send(delivery)),
    handle(resumeDeliveries, ({ endpoint, rested, most }, { signal }) =>
      rested ? resumeRested(deps, { endpoint, most }, signal) : resume(deps, endpoint, signal),
    ),
    handle(cleanDeliveries, (_payload, { signal }) => clean(deps, signal)),
  ]
}
