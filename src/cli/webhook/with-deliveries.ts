import type { ActorContext } from '../../audit/actor.ts'
import { openWebhookDeliveries } from '../../instance/webhook-deliveries.ts'
import type { Deliveries } from '../../webhooks/deliveries/service.ts'
import type { CliContext } from '../context.ts'
import { type WebhooksAtWork, withWebhooks } from './with-webhooks.ts'

export interface DeliveriesAtWork extends WebhooksAtWork {
  readonly deliveries: Deliveries<ActorContext>
}

export const withDeliveries = <T>(
  context: CliContext,
  name: string,
  work: (at: DeliveriesAtWork) => Promise<T>,
): Promise<T> =>
  withWebhooks(context, name, (at) => {
    const { clock } = context
    const deliveries = openWebhookDeliveries({ config: context.config(), services: at.services, clock })
    return work({ ...at, deliveries })
  })
