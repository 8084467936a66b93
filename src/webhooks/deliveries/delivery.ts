import { z } from 'zod'
import { defineId, type Id } from '../../lib/ids.ts'
import type { EndpointId } from '../endpoints/endpoint.ts'

export const deliveryId = defineId('dlv')
export type DeliveryId = Id<'dlv'>

/** `discarded`: nobody is left to be told, or nothing to tell. */
export const deliveryState = z.enum(['queued', 'delivered', 'failed', 'discarded'])
export type DeliveryState = z.infer<typeof deliveryState>

/** That one endpoint is to be told of one event, and how that went so far. */
export interface Delivery {
  readonly id: DeliveryId
  readonly endpoint: EndpointId
  readonly organisation: Id<'org'> | null
  readonly event: Id<'evt'>
  readonly sequence: number
  readonly action: string
  readonly state: DeliveryState
  readonly attempts: number
  /** By which `webhook.replayed` it is sent again; null: as the event came. */
  readonly replayOf: Id<'evt'> | null
  readonly createdAt: Date
  /** Null: when its endpoint is enabled again, or has rested and taken another one. */
  readonly nextAt: Date | null
  readonly giveUpAt: Date
  readonly endedAt: Date | null
}

/** It is told to that endpoint alone, at once or not at all. */
export const TESTED = 'webhook.tested'
