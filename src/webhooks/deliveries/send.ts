import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { OutgoingClient } from '../../http/outgoing/outgoing.ts'
import type { Enqueue } from '../../jobs/enqueue.ts'
import type { Clock } from '../../lib/clock.ts'
import { type DeliveryId, TESTED } from './delivery.ts'
import { groupOf, jobFor } from './enqueue.ts'
import { deliverWebhook } from './job.ts'
import { type MarkDeps, mark } from './mark.ts'
import { NOT_READABLE, type Outcome, outcomeOf } from './outcome.ts'
import { type Request, type RequestDeps, requestOf } from './request.ts'
import { Resting } from './resting.ts'
import { discard, findWaiting, isStillDisabled, putOff, type Waiting } from './store.ts'

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
/** Who fails so slowly keeps a worker as long as one who never answers. */
const SLOW_MS = 1_000
const SPREAD_MS = 10_000

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
    const rest = resting.until(endpoint.id)
    if (rest && at < delivery.giveUpAt && delivery.action !== TESTED) return void (await wait(tx, waiting, rest))
    try {
      const request = await requestOf(tx, deps, waiting, at)
      // Retention has taken it, or there is no secret any more.
      return request ? { ...waiting, request, at } : void (await discard(tx, id, at))
    } catch (error) {
      // An attempt as any other: it is seen in the log of deliveries, ends some day, and somebody is told.
      deps.log.error({ err: error, delivery: id, endpoint: endpoint.id }, 'a webhook message could not be made')
      return { ...waiting, request: undefined, at }
    }
  }

  /** One rings when the rest is over, the others when something was taken: a million of them are not woken to be put off. */
  const wait = async (tx: InstanceTx, { delivery: { id, giveUpAt }, endpoint }: Waiting, rest: Date): Promise<void> => {
    if (!resting.watch(endpoint.id)) return void (await putOff(tx, id, null))
    const at = new Date(Math.min(rest.getTime() + Math.random() * SPREAD_MS, giveUpAt.getTime()))
    await putOff(tx, id, at)
    await deps.enqueueAll(tx, deliverWebhook, [
      jobFor({ id, endpoint: endpoint.id, organisation: endpoint.organisation, at }),
    ])
  }

  const send = async ({ request }: Ready): Promise<Outcome & { readonly durationMs: number }> => {
    if (!request) return { ...NOT_READABLE, durationMs: 0 }
    const began = performance.now()
    const answer = await outgoing.send({ method: 'POST', ...request, timeout, keep: responseKept })
    return { ...outcomeOf(answer, clock.now()), durationMs: Math.round(performance.now() - began) }
  }

  const judge = (
    { failure, retryAfter, durationMs }: Awaited<ReturnType<typeof send>>,
    { endpoint: { id } }: Ready,
  ) => {
    // A yes whose rest never comes is a yes, and costs as much as silence.
    if (failure === null && durationMs < timeout) return resting.answered(id)
    if (retryAfter !== undefined) return resting.asked(id, retryAfter)
    return durationMs >= SLOW_MS || durationMs >= timeout || failure === 'timeout'
      ? resting.hung(id)
      : resting.refused(id)
  }

  return async (id) => {
    const ready = await inInstance(owner, (tx) => prepare(tx, id))
    if (!ready) return
    const made = await send(ready)
    judge(made, ready)
    await inInstance(owner, (tx) => mark(tx, deps, ready, { ...made, at: ready.at }))
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
