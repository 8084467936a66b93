import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import { inBatches } from '../../jobs/batches.ts'
import type { Enqueue } from '../../jobs/enqueue.ts'
import type { Log } from '../../lib/log.ts'
import type { EndpointId } from '../endpoints/endpoint.ts'
import type { DeliveryId } from './delivery.ts'
import { jobFor, type QueueDeps } from './enqueue.ts'
import { failingSince } from './health-store.ts'
import { deliverWebhook } from './job.ts'
import {
  deleteEnded,
  discardOld,
  giveUpOverdue,
  listForgotten,
  listStalled,
  makeDue,
  makeFarOffDue,
  makeRestedDue,
  prolongDue,
} from './upkeep-store.ts'

export interface UpkeepDeps extends QueueDeps {
  readonly owner: Db
  readonly enqueue: Enqueue
  readonly log: Pick<Log, 'warn'>
  /** Milliseconds. */
  readonly keep: number
}

const BATCH = 1000
const HOUR = 60 * 60_000
/** Longer than any job of the queue is tried again by itself. */
const FORGOTTEN = 3 * HOUR
/** Far longer than any pause between two attempts: this clock may be behind, too. */
const FAR_OFF = 24 * HOUR

/** What waited is sent, and what would have been tried hours later as well: whoever enables it has mended something. */
export async function resume(
  { owner, enqueueAll, clock, giveUpAfter }: UpkeepDeps,
  endpoint: EndpointId,
  signal: AbortSignal,
): Promise<void> {
  const now = clock.now()
  const giveUpAt = new Date(now.getTime() + giveUpAfter)
  await inBatches(signal, BATCH, (limit) =>
    inInstance(owner, (tx) => prolongDue(tx, { endpoint, now, giveUpAt, limit })),
  )
  await inBatches(signal, BATCH, (limit) =>
    inInstance(owner, async (tx) => {
      const due = await makeDue(tx, { endpoint, now, giveUpAt, limit })
      await enqueueAll(tx, deliverWebhook, due.map(jobFor))
      return due.length
    }),
  )
}

/** What was put off, or so many of it. */
export async function resumeRested(
  { owner, enqueueAll, clock }: UpkeepDeps,
  { endpoint, most }: { readonly endpoint: EndpointId; readonly most: number | null },
  signal: AbortSignal,
): Promise<void> {
  await inBatches(signal, BATCH, (limit) =>
    inInstance(owner, async (tx) => {
      const due = await makeRestedDue(tx, { endpoint, now: clock.now(), limit: most ?? limit })
      await enqueueAll(tx, deliverWebhook, due.map(jobFor))
      return due.length
    }),
  )
}

export async function clean(deps: UpkeepDeps, signal: AbortSignal): Promise<void> {
  const { owner, enqueue, clock, keep, log } = deps
  const ago = (ms: number) => new Date(clock.now().getTime() - ms)
  let after: DeliveryId | undefined
  await inBatches(signal, BATCH, async (limit) => {
    const forgotten = await inInstance(owner, (tx) => listForgotten(tx, ago(FORGOTTEN), { after, limit }))
    for (const told of forgotten) {
      const { payload, ...alarm } = jobFor(told)
      await inInstance(owner, (tx) => enqueue(tx, deliverWebhook, payload, { ...alarm, once: once(told.id) }))
    }
    after = forgotten.at(-1)?.id
    return forgotten.length
  })
  await inBatches(signal, BATCH, (limit) =>
    inInstance(owner, async (tx) => {
      const due = await makeFarOffDue(tx, ago(-FAR_OFF), clock.now(), limit)
      await deps.enqueueAll(tx, deliverWebhook, due.map(jobFor))
      return due.length
    }),
  )
  for (const endpoint of await inInstance(owner, listStalled)) {
    // Of one that still fails one message, to see whether it still does.
    const fails = (await inInstance(owner, (tx) => failingSince(tx, endpoint))) !== undefined
    await resumeRested(deps, { endpoint, most: fails ? 1 : null }, signal)
    const givenUp = await inBatches(signal, BATCH, (limit) =>
      inInstance(owner, (tx) => giveUpOverdue(tx, { endpoint, now: clock.now(), limit })),
    )
    if (givenUp > 0) log.warn({ endpoint, messages: givenUp }, 'webhook messages were given up: their time is over')
  }
  await inBatches(signal, BATCH, async (limit) => {
    const discarded = await inInstance(owner, (tx) => discardOld(tx, ago(keep), clock.now(), limit))
    for (const [endpoint, { length: messages }] of Map.groupBy(discarded, (one) => one))
      log.warn(
        { endpoint, messages },
        'webhook messages were discarded: their endpoint stayed disabled (webhooks.keep)',
      )
    return discarded.length
  })
  await inBatches(signal, BATCH, (limit) => inInstance(owner, (tx) => deleteEnded(tx, ago(keep), limit)))
}

const once = (key: DeliveryId) => ({ key, withinSeconds: FORGOTTEN / 1000 })
