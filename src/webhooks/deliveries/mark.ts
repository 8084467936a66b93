import type { InstanceTx } from '../../db/transaction.ts'
import type { Enqueue, EnqueueAll } from '../../jobs/enqueue.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import type { DisableFailing } from '../endpoints/failing.ts'
import { insertAttempt } from './attempts-store.ts'
import { TESTED } from './delivery.ts'
import { jobFor } from './enqueue.ts'
import { noteFailure, noteSuccess } from './health-store.ts'
import { anewBehind, isHopeless } from './hopeless.ts'
import { deliverWebhook, resumeDeliveries } from './job.ts'
import { nextOf } from './next.ts'
import type { Outcome } from './outcome.ts'
import type { ResponseSealer } from './responses.ts'
import { sealResponse } from './responses.ts'
import { hasPutOff, isAsAsked, markAttempt, type Waiting } from './store.ts'

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
  /** Null where nothing was sent. */
  readonly url: string | null
  /** Of what was put off for it, where it is there: so many, or all (null). */
  readonly wakes: number | null
  readonly durationMs: number
}

/** One of many in a row resumes what was put off. */
const RESUMED_SECONDS = 10

const attemptId = defineId('dla')

/** `counts`: whether it says something of who is to be asked the next time. */
type Marked = { readonly counts: true; readonly failingSince: Date | null } | { readonly counts: false }

/**
 * How an attempt went, how its endpoint fares, and when the next one is: one transaction, or none of it. A no of somebody who is
 * not asked any more, as the endpoint was changed meanwhile, ends nothing and counts against nobody: it is tried again.
 */
export async function mark(
  tx: InstanceTx,
  deps: MarkDeps,
  { delivery, endpoint }: Waiting,
  made: Made,
): Promise<Marked> {
  const attempt = delivery.attempts + 1
  const now = deps.clock.now()
  // Before the delivery, as whoever removes or enables it does: it may have to be disabled.
  const counts = made.failure === null || (await isAsAsked(tx, endpoint))
  const next = counts ? nextOf(delivery, made, now) : { at: now }
  if (!(await markAttempt(tx, delivery.id, attempt, next))) return { counts: true, failingSince: null }
  const id = attemptId.toUuid(attemptId.generate())
  const { at, durationMs, url, status } = made
  const failure = wordFor(endpoint, made.failure)
  // What was said of people may come back in an answer, and no key of theirs would close it when they are erased.
  const response = endpoint.personal ? null : sealResponse(deps.sealer, id, made.response)
  await insertAttempt(tx, delivery, { id, attempt, at, durationMs, url, status, failure, response })
  if (made.wakes !== 0 && (await hasPutOff(tx, endpoint.id)))
    await deps.enqueue(
      tx,
      resumeDeliveries,
      { endpoint: endpoint.id, rested: true, most: made.wakes },
      { once: { key: endpoint.id, withinSeconds: RESUMED_SECONDS } },
    )
  if (failure === null) {
    await noteSuccess(tx, endpoint, now)
    return { counts, failingSince: null }
  }
  if ('ended' in next)
    deps.log.warn(
      { delivery: delivery.id, endpoint: endpoint.id, failure, attempts: attempt },
      'a webhook could not be delivered',
    )
  else await deps.enqueueAll(tx, deliverWebhook, [jobFor({ ...delivery, attempts: attempt, at: next.at })])
  if (!counts) return { counts }
  const isLast = 'ended' in next && delivery.action !== TESTED
  const failingSince = await noteFailure(tx, endpoint, now, isLast ? null : anewBehind(deps, now))
  // Days before it is given up: an expired certificate is mended by whoever reads of it.
  if (status === null && failingSince?.getTime() === now.getTime())
    deps.log.warn(
      { delivery: delivery.id, endpoint: endpoint.id, failure: made.failure, reason: made.code },
      'a webhook cannot be reached',
    )
  if (delivery.action !== TESTED && (made.gone || isHopeless(deps, failingSince, { now, isLast })))
    await deps.disableFailing(tx, endpoint, now)
  return { counts, failingSince }
}

/** An organisation does not learn by it which names there are in our network, nor who listens there. */
const wordFor = ({ organisation }: Waiting['endpoint'], failure: string | null): string | null =>
  organisation !== null && failure !== null && OF_OUR_NETWORK.includes(failure) ? 'unreachable' : failure

const OF_OUR_NETWORK = ['address-refused', 'tls', 'name-unknown', 'refused', 'reset']
