import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import type { DeliveryHistory } from '../../webhooks/deliveries/service.ts'
import { toDuration } from '../api-key/wanted.ts'
import type { CliContext } from '../context.ts'
import { outcomeInWords } from './describe-deliveries.ts'
import { webhookNotFound } from './refusal.ts'
import { type DeliveriesAtWork, withDeliveries } from './with-deliveries.ts'
import { endpointNamed } from './with-webhooks.ts'

const LOOK_MS = 100

export function addTest(command: Command, context: CliContext): void {
  command
    .command('test')
    .description(
      'send it an event, webhook.tested, as all others are sent, and say how it went; also while it is disabled',
    )
    .argument('<webhook>', 'its id')
    .option('--wait <duration>', 'for how long', toDuration, 30_000)
    .action(
      context.answers((id: string, { wait }: { readonly wait: number }) =>
        withDeliveries(context, 'webhook test', async (at) => {
          const place = await endpointNamed(at, id)
          const tested = await at.deliveries.test(at.by, instanceAuthority, place)
          if (!tested.ok) throw webhookNotFound(id)
          const look = () => at.deliveries.historyOf(instanceAuthority, place, tested.value)
          const history = await ended(look, wait)
          if (history) return describe(id, history)
          throw new AppError('webhook-refused', {
            detail: `Nobody has sent it within ${wait / 1000} s (${tested.value}).`,
            cure: 'A running server sends webhooks: see that there is one. It is sent when there is.',
          })
        }),
      ),
    )
}

type Look = () => ReturnType<DeliveriesAtWork['deliveries']['historyOf']>

async function ended(look: Look, wait: number): Promise<DeliveryHistory | undefined> {
  for (const end = performance.now() + wait; ; await pause(LOOK_MS)) {
    const history = await look()
    if (history?.delivery.endedAt) return history
    if (performance.now() > end) return undefined
  }
}

function describe(id: string, { delivery, attempts }: DeliveryHistory) {
  const [attempt] = attempts
  const took = attempt ? `${outcomeInWords(attempt)} after ${attempt.durationMs} ms` : 'nothing'
  const isTaken = delivery.state === 'delivered'
  return {
    text: isTaken
      ? `${id} has taken it: ${took}.`
      : `${id} has not taken it: ${took}. hearthkey webhook delivery ${delivery.id} shows what was sent and answered.`,
    json: { id, delivery, attempts },
    exit: isTaken ? ExitCode.ok : ExitCode.findings,
  }
}
