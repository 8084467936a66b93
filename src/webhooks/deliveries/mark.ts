import type { InstanceTx } from '../../db/transaction.ts'
import type { Enqueue, EnqueueAll } from '../../jobs/enqueue.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import type { DisableFailing } from '../endpoints/failing.ts'
import { insertAttempt } from './attempts-store.ts'
import { TESTED } from './delivery.ts'
import { jobFor } from './enqueue.ts'
import { failingSince, noteFailure, noteSuccess } from './health-store.ts'
import { deliverWebhook, resumeDeliveries } from './job.ts'
import type { Outcome } from './outcome.ts'
import { pauseAfter } from './pause.ts'
import type { ResponseSealer } from './responses.ts'
import { sealResponse } from './responses.ts'
import { hasPutOff, markAttempt, type Next, type Waiting } from './store.ts'

export interface MarkDeps {
  readonly enqueue: Enqueue
  readonly enqueueAll: EnqueueAll
  readonly sealer: Pick<ResponseSealer, 'seal'>
  readonly disableFailing: DisableFailing
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds. */
  readonly giveUpAfter: number
}

interface Made extends Outcome {
  readonly at: Date
  readonly durationMs: number
}

/** One success of many in a row resumes what was put off. */
const RESUMED_SECONDS = 10

const attemptId = defineId('dla')

/** How an attempt went, how its endpoint fares, and when the next one is: one transaction, or none of it. */
export async function mark(tx: InstanceTx, deps: MarkDeps, { delivery, endpoint }: Waiting, made: Made): Promise<void> {
  const attempt = delivery.attempts + 1
  const now = deps.clock.now()
  const next = nextOf(delivery, made, now)
  if (!(await markAttempt(tx, delivery.id, attempt, next))) return
  const id = attemptId.toUuid(attemptId.generate())
  const { at, durationMs, status } = made
  const failure = wordFor(endpoint, made.failure)
  // What was said of people may come back in an answer, and no key of theirs would close it when they are erased.
  const response = endpoint.personal ? null : sealResponse(deps.sealer, id, made.response)
  await insertAttempt(tx, delivery, { id, attempt, at, durationMs, status, failure, response })
  if (failure === null) {
    await noteSuccess(tx, endpoint, now)
    if (await hasPutOff(tx, endpoint.id))
      await deps.enqueue(
        tx,
        resumeDeliveries,
        { endpoint: endpoint.id, rested: true },
        { once: { key: endpoint.id, withinSeconds: RESUMED_SECONDS } },
      )
    return
  }
  await noteFailure(tx, endpoint, now)
  if (!('ended' in next)) return deps.enqueueAll(tx, deliverWebhook, [jobFor({ ...delivery, at: next.at })])
  deps.log.warn(
    { delivery: delivery.id, endpoint: endpoint.id, failure, attempts: attempt },
    'a webhook could not be delivered',
  )
  if (delivery.action !== TESTED && (made.gone || (await isHopeless(tx, deps, endpoint, now))))
    await deps.disableFailing(tx, endpoint, now)
}

/** An organisation does not learn by it which names there are in our network. */
const wordFor = ({ organisation }: Waiting['endpoint'], failure: string | null): string | null =>
  organisation !== null && failure === 'address-refused' ? 'unreachable' : failure

function nextOf({ attempts, action, giveUpAt }: Waiting['delivery'], made: Made, now: Date): Next {
  if (made.failure === null) return { ended: 'delivered', at: now }
  // A test is over with its answer; and who says that they are gone is not asked again.
  if (action === TESTED || made.gone || now >= giveUpAt) return { ended: 'failed', at: now }
  const pause = pauseAfter(attempts + 1, { retryAfter: made.retryAfter })
  return { at: new Date(Math.min(now.getTime() + pause, giveUpAt.getTime())) }
}

/** Nothing at all was taken for so long. Who refuses one message and takes the others is told of the others. */
async function isHopeless(
  tx: InstanceTx,
  { giveUpAfter }: MarkDeps,
  { id }: Waiting['endpoint'],
  now: Date,
): Promise<boolean> {
  const since = await failingSince(tx, id)
  return since !== undefined && now.getTime() - since.getTime() >= giveUpAfter
}
