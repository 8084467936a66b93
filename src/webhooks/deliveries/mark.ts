import type { InstanceTx } from '../../db/transaction.ts'
import type { Enqueue, EnqueueAll } from '../../jobs/enqueue.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import type { DisableFailing } from '../endpoints/failing.ts'
import { lockEndpoint } from '../endpoints/store.ts'
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
  /** Of what was put off for it, where it is there: so many, or all (null). */
  readonly wakes: number | null
  readonly durationMs: number
}

/** One of many in a row resumes what was put off. */
const RESUMED_SECONDS = 10

const attemptId = defineId('dla')

/**
 * How an attempt went, how its endpoint fares, and when the next one is: one transaction, or none of it. Answers since when
 * nothing was taken.
 */
export async function mark(
  tx: InstanceTx,
  deps: MarkDeps,
  { delivery, endpoint }: Waiting,
  made: Made,
): Promise<Date | null> {
  const attempt = delivery.attempts + 1
  const now = deps.clock.now()
  const next = nextOf(delivery, made, now)
  // Before the delivery, as whoever removes or enables it does: it may have to be disabled.
  if ('ended' in next && made.failure !== null) await lockEndpoint(tx, endpoint.id)
  if (!(await markAttempt(tx, delivery.id, attempt, next))) return null
  const id = attemptId.toUuid(attemptId.generate())
  const { at, durationMs, status } = made
  const failure = wordFor(endpoint, made.failure)
  // What was said of people may come back in an answer, and no key of theirs would close it when they are erased.
  const response = endpoint.personal ? null : sealResponse(deps.sealer, id, made.response)
  await insertAttempt(tx, delivery, { id, attempt, at, durationMs, status, failure, response })
  if (made.wakes !== 0 && (await hasPutOff(tx, endpoint.id)))
    await deps.enqueue(
      tx,
      resumeDeliveries,
      { endpoint: endpoint.id, rested: true, most: made.wakes },
      { once: { key: endpoint.id, withinSeconds: RESUMED_SECONDS } },
    )
  if (failure === null) {
    await noteSuccess(tx, endpoint, now)
    return null
  }
  const since = await noteFailure(tx, endpoint, now)
  // Days before it is given up: an expired certificate is mended by whoever reads of it.
  if (status === null && since?.getTime() === now.getTime())
    deps.log.warn(
      { delivery: delivery.id, endpoint: endpoint.id, failure: made.failure, reason: made.code },
      'a webhook cannot be reached',
    )
  if (!('ended' in next)) {
    await deps.enqueueAll(tx, deliverWebhook, [jobFor({ ...delivery, attempts: attempt, at: next.at })])
    return since
  }
  deps.log.warn(
    { delivery: delivery.id, endpoint: endpoint.id, failure, attempts: attempt },
    'a webhook could not be delivered',
  )
  if (delivery.action !== TESTED && (made.gone || (await isHopeless(tx, deps, endpoint, now))))
    await deps.disableFailing(tx, endpoint, now)
  return since
}

/** An organisation does not learn by it which names there are in our network, nor who listens there. */
const wordFor = ({ organisation }: Waiting['endpoint'], failure: string | null): string | null =>
  organisation !== null && failure !== null && OF_OUR_NETWORK.includes(failure) ? 'unreachable' : failure

const OF_OUR_NETWORK = ['address-refused', 'tls', 'name-unknown', 'refused', 'reset']

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
