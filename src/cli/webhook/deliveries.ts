import { type Command, InvalidArgumentError } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { AppError } from '../../errors/app-error.ts'
import { type DeliveryId, deliveryId } from '../../webhooks/deliveries/delivery.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'
import { describeDeliveries, describeDelivery } from './describe-deliveries.ts'
import { webhookNotFound } from './refusal.ts'
import { withDeliveries } from './with-deliveries.ts'
import { endpointNamed } from './with-webhooks.ts'

export function addDeliveryCommands(command: Command, context: CliContext): void {
  addDeliveries(command, context)
  addDelivery(command, context)
}

interface ListOptions {
  readonly failed?: true
  readonly before?: DeliveryId
  readonly limit: number
}

function addDeliveries(command: Command, context: CliContext): void {
  withLimit(command.command('deliveries'))
    .description('what it was told or is to be told, the newest first')
    .argument('<webhook>', 'its id')
    .option('--failed', 'those that were given up or discarded')
    .option('--before <id>', 'begin behind this one', toDeliveryId)
    .action(
      context.answers((id: string, { failed, before, limit }: ListOptions) =>
        withDeliveries(context, 'webhook deliveries', async (at) => {
          const place = await endpointNamed(at, id)
          const page = { failed: failed === true, before, limit: limit + 1 }
          const listed = await at.deliveries.list(instanceAuthority, place, page)
          if (!listed) throw webhookNotFound(id)
          return describeDeliveries(listed.slice(0, limit), listed.length > limit)
        }),
      ),
    )
}

function addDelivery(command: Command, context: CliContext): void {
  command
    .command('delivery')
    .description('one of them: the request, how each attempt went, and what was answered')
    .argument('<id>', 'as hearthkey webhook deliveries shows it', toDeliveryId)
    .action(
      context.answers((id: DeliveryId) =>
        withDeliveries(context, 'webhook delivery', async ({ deliveries }) => {
          const place = await deliveries.placeOf(instanceAuthority, id)
          const shown = place && (await deliveries.show(instanceAuthority, place.organisation, id))
          if (!shown) throw new AppError('webhook-delivery-not-found', { detail: `No delivery has the id ${id}.` })
          return describeDelivery(shown)
        }),
      ),
    )
}

function toDeliveryId(text: string): DeliveryId {
  if (!deliveryId.is(text)) throw new InvalidArgumentError('Expected an id that starts with dlv_.')
  return text
}
