import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { OutgoingClient } from '../../http/outgoing/outgoing.ts'
import type { Enqueue } from '../../jobs/enqueue.ts'
import type { Clock } from '../../lib/clock.ts'
import type { EndpointId } from '../endpoints/endpoint.ts'
import { type DeliveryId, TESTED } from './delivery.ts'
import { groupOf } from './enqueue.ts'
import { deliverWebhook, resumeDeliveries } from './job.ts'
import { type MarkDeps, mark } from './mark.ts'
import { NOT_READABLE, type Outcome, outcomeOf } from './outcome.ts'
import { type Request, type RequestDeps, requestOf } from './request.ts'
import { type RestEnd, type Rested, Resting } from './resting.ts'
import { discard, findWaiting, giveUp, isStillDisabled, putOff, type Waiting } from './store.ts'
import { type Verdict, verdictOf } from './verdict.ts'

export interface SendDeps extends MarkDeps, RequestDeps {
  readonly owner: Db
  readonly outgoing: Pick<OutgoingClient, 'send'>
  readonly enqueue: Enqueue
  readonly clock: Clock
  /** Milliseconds. */
  readonly timeout: number
  /** Bytes. */
  readonly responseKept: number
}

/** By so much two jobs of one delivery may be apart, or the clocks of two machines. */
const EARLY_MS = 60_000
const SPREAD_MS = 10_000
/** Two workers are always there for those who answer at once. */
const MOST_SLOW = deliverWebhook.concurrency - 2
const ROOM_SECONDS = 10
/** More than it takes in that time would be woken to be put off again. */
const MOST_WOKEN_SLOW = 20

interface Ready extends Waiting {
  /** Undefined where the log or a secret could not be read. */
  readonly request: Request | undefined
  readonly at: Date
}

/**
 * One attempt: read, sent, marked. Nothing is held while the receiver thinks. A process that dies after the answer and before
 * the mark sends it again, with the same id: at least once, and never not at all.
 */
export function createSend(deps: SendDeps): (id: DeliveryId) => Promise<void> {
  const { owner, outgoing, clock, timeout, responseKept } = deps
  const resting = new Resting(clock)

  const prepare = async (tx: InstanceTx, id: DeliveryId): Promise<Ready | undefined> => {
    const waiting = await findWaiting(tx, id)
    if (!waiting) return undefined
    const { delivery, endpoint } = waiting
    const at = clock.now()
    if (endpoint.isGone) return void (await discard(tx, id, at))
    if (isEarly(waiting, at)) return void (await ringLater(tx, deps, waiting, at))
    if (endpoint.disabledAt && delivery.action !== TESTED && (await isStillDisabled(tx, endpoint.id)))
      return void (await putOff(tx, id, null))
    if (delivery.action !== TESTED && at < delivery.giveUpAt && resting.until(endpoint))
      return void (await putOff(tx, id, null))
    try {
      const request = await requestOf(tx, deps, waiting, at)
      if (request.ok) return { ...waiting, request: request.value, at }
      if (request.error === 'event-gone')
        deps.log.warn(
          { delivery: id, endpoint: endpoint.id, event: delivery.event },
          'a webhook message was discarded: retention has taken its event (audit.retention, or that of the organisation)',
        )
      return void (await discard(tx, id, at))
    } catch (error) {
      // An attempt as any other: it is seen in the log of deliveries, ends some day, and somebody is told.
      deps.log.error({ err: error, delivery: id, endpoint: endpoint.id }, 'a webhook message could not be made')
      return { ...waiting, request: undefined, at }
    }
  }

  const send = async ({ request }: Ready): Promise<Outcome & { readonly durationMs: number }> => {
    if (!request) return { ...NOT_READABLE, durationMs: 0 }
    const began = performance.now()
    const answer = await outgoing.send({ method: 'POST', ...request, timeout, keep: responseKept })
    return { ...outcomeOf(answer, clock.now()), durationMs: Math.round(performance.now() - began) }
  }

  const restOf = (verdict: Verdict, endpoint: Rested): RestEnd | undefined => {
    if (verdict === 'there') return void resting.answered(endpoint)
    if (verdict === 'slow') return void resting.tookLong(endpoint)
    if (verdict === 'hangs') return resting.hung(endpoint)
    return verdict === 'refuses' ? resting.refused(endpoint) : resting.asked(endpoint, verdict.asksMs)
  }

  /** A few are woken when the rest is over, the others when something was taken: no million, only to be put off again. */
  const wakeAfter = (tx: InstanceTx, endpoint: EndpointId, { at, most }: RestEnd) =>
    deps.enqueue(
      tx,
      resumeDeliveries,
      { endpoint, rested: true, most },
      { at: new Date(at.getTime() + Math.random() * SPREAD_MS) },
    )

  /** It waits for a place among the slow ones: looked at again in a moment, a few at a time, until its time is over. */
  const makeRoom = async (tx: InstanceTx, { delivery, endpoint, at }: Ready) => {
    if (at >= delivery.giveUpAt) {
      deps.log.warn({ delivery: delivery.id, endpoint: endpoint.id }, 'a webhook is too slow: a message was given up')
      return void (await giveUp(tx, delivery.id, at))
    }
    await putOff(tx, delivery.id, null)
    const once = { key: `${endpoint.id}.room`, withinSeconds: ROOM_SECONDS }
    const few = { endpoint: endpoint.id, rested: true, most: MOST_WOKEN_SLOW }
    await deps.enqueue(tx, resumeDeliveries, few, { once, inSeconds: ROOM_SECONDS })
  }

  let slow = 0
  const sendAmongOthers = async (ready: Ready) => {
    if (!resting.isSlow(ready.endpoint)) return send(ready)
    slow++
    try {
      return await send(ready)
    } finally {
      slow--
    }
  }

  return async (id) => {
    const ready = await inInstance(owner, (tx) => prepare(tx, id))
    if (!ready) return
    if (slow >= MOST_SLOW && resting.isSlow(ready.endpoint) && ready.delivery.action !== TESTED)
      return void (await inInstance(owner, (tx) => makeRoom(tx, ready)))
    const made = await sendAmongOthers(ready)
    const verdict = verdictOf(made, timeout)
    const wakes = verdict === 'there' ? null : verdict === 'slow' ? MOST_WOKEN_SLOW : 0
    const url = ready.request?.url ?? null
    const marked = await inInstance(owner, (tx) => mark(tx, deps, ready, { ...made, at: ready.at, url, wakes }))
    if (!marked.counts) return
    const rest = restOf(verdict, { ...ready.endpoint, failingSince: marked.failingSince })
    if (rest) await inInstance(owner, (tx) => wakeAfter(tx, ready.endpoint.id, rest))
  }
}

/** A first attempt never is: when it was put down says the clock of whoever follows the log, which may be another one. */
const isEarly = ({ delivery: { nextAt, attempts } }: Waiting, now: Date): boolean =>
  attempts > 0 && nextAt !== null && nextAt.getTime() - now.getTime() > EARLY_MS

/**
 * The other job that rings for it may be no more, or this clock may be behind: nothing is taken for granted. Half of what is
 * left, so that one too many rings some ten times and not for hours; by the clock of the queue, or one that is behind would
 * ring without a pause.
 */
const ringLater = (
  tx: InstanceTx,
  { enqueue }: Pick<SendDeps, 'enqueue'>,
  { delivery: { id, nextAt }, endpoint }: Waiting,
  now: Date,
): Promise<unknown> => {
  const left = (nextAt?.getTime() ?? 0) - now.getTime()
  const inSeconds = Math.ceil(Math.max(EARLY_MS, left / 2) / 1000)
  return enqueue(tx, deliverWebhook, { delivery: id }, { group: groupOf(endpoint), inSeconds })
}
