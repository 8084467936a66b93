import type { EventId } from '../../audit/event.ts'
import type { InstanceTx } from '../../db/transaction.ts'
import type { Tx } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import type { EndpointId } from '../endpoints/endpoint.ts'

export type Fields = Readonly<Record<string, unknown>>

/** An event as it stands in the log at this moment: of who was erased meanwhile there is nothing in it any more. */
export interface Entry {
  readonly id: EventId
  readonly seq: number
  readonly at: Date
  readonly organisation: Id<'org'> | null
  readonly action: string
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null }
  readonly target: { readonly kind: string; readonly id: string }
  readonly before: Fields | null
  readonly after: Fields | null
  readonly session: Id<'ses'> | null
  readonly requestId: string | null
  /** Null where nothing personal was asked for. */
  readonly personal: {
    readonly ip: string | null
    readonly userAgent: string | null
    /** Somebody whom it was about was erased: what was theirs is gone. */
    readonly erased: boolean
  } | null
}

/** What this room asks of the log. `personal`: along with what speaks of persons, as far as they still are somebody. */
export type ReadEntry = (tx: InstanceTx, event: EventId, personal: boolean) => Promise<Entry | undefined>

export interface DeliveryEvent {
  readonly action: 'webhook.tested' | 'webhook.replayed'
  readonly target: EndpointId
  readonly after?: { readonly public: Readonly<Record<string, string | number | null>> }
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordDeliveryEvent<By> = (tx: Tx, by: By, event: DeliveryEvent) => Promise<EventId>
