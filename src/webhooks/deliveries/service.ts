import type { EventId } from '../../audit/event.ts'
import type { Asked } from '../../db/asked.ts'
import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Endpoint, EndpointId } from '../endpoints/endpoint.ts'
import { inLogOf } from '../endpoints/event.ts'
import type { Acting, Authority, HoldOrganisation } from '../endpoints/ports.ts'
import { scopes, type Whose } from '../endpoints/scope.ts'
import { type EndpointTx, endpointOf, lockEndpoint, recordedEndpointOf } from '../endpoints/store.ts'
import { attemptsOf, type StoredAttempt } from './attempts-store.ts'
import { unlessBroken } from './broken.ts'
import type { Delivery, DeliveryId } from './delivery.ts'
import { type QueueDeps, queueDeliveries } from './enqueue.ts'
import type { RecordDeliveryEvent } from './ports.ts'
import { MOST_REPLAYED, type ReplayWish, reachesBefore, replayable } from './replay.ts'
import type { Replayable } from './replay-store.ts'
import { type Request, type RequestDeps, unsignedRequestOf } from './request.ts'
import { openResponse, type ResponseSealer } from './responses.ts'
import { type DeliveriesPage, findDelivery, findDeliveryOf, listDeliveries } from './store.ts'

interface EndpointPlace {
  readonly organisation: Whose
  readonly id: EndpointId
}

export interface Attempt extends Omit<StoredAttempt, 'response'> {
  /** The beginning of the answer, as text; null where there was none, or none is kept. */
  readonly response: string | null
  /** One is kept, and does not open. */
  readonly isBroken: boolean
}

export interface DeliveryHistory {
  readonly delivery: Delivery
  readonly attempts: readonly Attempt[]
}

export interface ShownRequest extends Omit<Request, 'url'> {
  /** Where it was sent last, or will be sent first; null where that was not kept. */
  readonly url: string | null
}

export interface ShownDelivery extends DeliveryHistory {
  readonly endpoint: Endpoint
  /** As it would be sent now; null where the event or its endpoint is gone. */
  readonly request: ShownRequest | null
  /** The log or a secret does not open: it cannot be made. */
  readonly isBroken: boolean
}

/** `forgotten`: what it was told of then is not known any more. `too-early`: it was not there, and who asks may not read the log. */
export type ReplayFault = 'not-found' | 'disabled' | 'nothing' | 'too-many' | 'forgotten' | 'too-early'

/** `By`: who asks and from where. */
export interface Deliveries<By> {
  /** The newest first; undefined where there is no such endpoint, or none for who asks. */
  list(
    authority: Authority,
    place: EndpointPlace,
    page: Omit<DeliveriesPage, 'endpoint'>,
  ): Promise<Delivery[] | undefined>
  /** Of whose endpoint it is: for the instance's own authority, which need not know. */
  placeOf(authority: Authority, id: DeliveryId): Promise<EndpointPlace | undefined>
  show(authority: Authority, whose: Whose, id: DeliveryId): Promise<ShownDelivery | undefined>
  /** How many would be sent again; no more than `MOST_REPLAYED` and one. */
  countReplay(authority: Authority, place: EndpointPlace, wish: ReplayWish): Promise<Result<number, ReplayFault>>
  /** Each as a delivery of its own with all its attempts, and with the id that the receiver knows it by. */
  replay(
    by: By,
    authority: Asked<Authority>,
    place: EndpointPlace,
    wish: ReplayWish,
  ): Promise<Result<{ readonly event: EventId; readonly deliveries: number }, ReplayFault>>
  /** An event that this endpoint alone is told of, once. */
  test(by: By, authority: Asked<Authority>, place: EndpointPlace): Promise<Result<EventId, 'not-found'>>
  /** Of an event that it is told of; undefined until it was put down. */
  historyOf(authority: Authority, place: EndpointPlace, event: EventId): Promise<DeliveryHistory | undefined>
}

export interface DeliveriesDeps<By> extends QueueDeps, RequestDeps {
  readonly db: Db
  readonly owner: Db
  readonly hold: HoldOrganisation
  readonly responses: Pick<ResponseSealer, 'open'>
  readonly record: RecordDeliveryEvent<By>
  /** Milliseconds, for which the log of deliveries is kept. */
  readonly keep: number
}

export function createDeliveries<By extends Acting>(deps: DeliveriesDeps<By>): Deliveries<By> {
  const { owner, responses, record } = deps
  const { read, change } = scopes(deps)

  const found = async (
    tx: EndpointTx,
    { organisation, id }: EndpointPlace,
    find = recordedEndpointOf,
  ): Promise<Endpoint | undefined> => {
    const endpoint = await find(tx, id)
    // The scope of the instance sees those of organisations too.
    return endpoint?.organisation === organisation ? endpoint : undefined
  }
  const reading = async <T>(
    authority: Authority,
    place: EndpointPlace,
    work: (tx: EndpointTx, endpoint: Endpoint) => Promise<T>,
  ): Promise<T | undefined> =>
    read(place.organisation, authority, async (tx) => {
      const endpoint = await found(tx, place)
      return endpoint && work(tx, endpoint)
    })
  const historyOf = async (tx: EndpointTx, delivery: Delivery): Promise<DeliveryHistory> => {
    const attempts = await attemptsOf(tx, delivery.id)
    const opened = attempts.map(async (one) => {
      const response = await unlessBroken(openResponse(responses, one.id, one.response))
      return { ...one, response: response ?? null, isBroken: response === undefined }
    })
    return { delivery, attempts: await Promise.all(opened) }
  }
  /** What stands in the log of the instance is read by the owner; whether it is theirs to ask for is judged before they hear of it. */
  const chosen = ({ organisation, id }: EndpointPlace, wish: ReplayWish): Promise<readonly Replayable[]> =>
    inInstance(owner, async (tx) => {
      const endpoint = await found(tx, { organisation, id }, endpointOf)
      return endpoint ? replayable(tx, endpoint, wish) : []
    })
  const faultOf = (
    authority: Authority,
    endpoint: Endpoint | undefined,
    wish: ReplayWish,
    events: readonly Replayable[],
  ): ReplayFault | undefined => {
    if (!endpoint) return 'not-found'
    if (endpoint.disabledAt) return 'disabled'
    // Read event by event, and be it by their ids alone, that is the log of a time when nobody had chosen this.
    if (reachesBefore(wish, endpoint.createdAt, events) && !authority.allows('audit.read')) return 'too-early'
    const known = new Date(deps.clock.now().getTime() - deps.keep)
    return wish.what === 'missed' && endpoint.createdAt < known && reachesBefore(wish, known, events)
      ? 'forgotten'
      : undefined
  }

  return {
    list: (authority, place, page) =>
      reading(authority, place, (tx, { id }) => listDeliveries(tx, { ...page, endpoint: id })),
    placeOf: (authority, id) =>
      read(null, authority, async (tx) => {
        const delivery = await findDelivery(tx, id)
        return delivery && { organisation: delivery.organisation, id: delivery.endpoint }
      }),
    show: async (authority, whose, id) => {
      const shown = await read(whose, authority, async (tx) => {
        const delivery = await findDelivery(tx, id)
        const endpoint = delivery && (await found(tx, { organisation: whose, id: delivery.endpoint }))
        return endpoint && { endpoint, ...(await historyOf(tx, delivery)) }
      })
      if (!shown) return undefined
      const last = shown.attempts.at(-1)
      const at = last?.at ?? deps.clock.now()
      const url = last ? last.url : shown.endpoint.url
      // As whoever reads the log would see it: of people, nothing by this way for who may not read it there.
      const personal = shown.endpoint.personal && authority.allows('audit.read')
      const told = { ...shown, endpoint: { ...shown.endpoint, personal } }
      const request = await unlessBroken(inInstance(owner, (tx) => unsignedRequestOf(tx, deps, told, at)))
      return { ...shown, request: request ? { url, ...request } : null, isBroken: request === undefined }
    },
    countReplay: async (authority, place, wish) => {
      const endpoint = await reading(authority, place, (tx) => found(tx, place, endpointOf))
      const events = endpoint ? await chosen(place, wish) : []
      const fault = faultOf(authority, endpoint, wish, events)
      if (fault) return fail(fault)
      return events.length === 0 ? fail('nothing') : ok(events.length)
    },
    replay: async (by, asked, place, wish) => {
      const events = await chosen(place, wish)
      return change<{ event: EventId; deliveries: number }, ReplayFault>(
        place.organisation,
        asked,
        'not-found',
        async (tx, authority) => {
          // As it is now: it may have been disabled or removed since they were looked for.
          const endpoint = await found(tx, place, lockEndpoint)
          const fault = faultOf(authority, endpoint, wish, events)
          if (fault || !endpoint) return fail(fault ?? 'not-found')
          if (events.length === 0) return fail('nothing')
          if (events.length > MOST_REPLAYED) return fail('too-many')
          const { id, organisation } = endpoint
          const event = await record(tx, inLogOf(by, endpoint), {
            action: 'webhook.replayed',
            target: id,
            after: { public: { ...said(wish), deliveries: events.length } },
          })
          const told = events.map((one) => ({ ...one, endpoint: id, organisation, replayOf: event }))
          await queueDeliveries(tx, deps, told)
          return ok({ event, deliveries: told.length })
        },
      )
    },
    test: (by, asked, place) =>
      change<EventId, 'not-found'>(place.organisation, asked, 'not-found', async (tx) => {
        const endpoint = await found(tx, place, endpointOf)
        if (!endpoint) return fail('not-found')
        return ok(await record(tx, inLogOf(by, endpoint), { action: 'webhook.tested', target: endpoint.id }))
      }),
    historyOf: (authority, place, event) =>
      reading(authority, place, async (tx, { id }) => {
        const delivery = await findDeliveryOf(tx, id, event)
        return delivery && historyOf(tx, delivery)
      }),
  }
}

const said = (wish: ReplayWish) =>
  wish.what === 'event'
    ? { what: wish.what, event: wish.event }
    : { what: wish.what, from: wish.from?.toISOString() ?? null, to: wish.to?.toISOString() ?? null }
