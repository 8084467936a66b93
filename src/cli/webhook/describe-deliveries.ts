import type { Delivery } from '../../webhooks/deliveries/delivery.ts'
import type { Attempt, DeliveryHistory, ShownDelivery } from '../../webhooks/deliveries/service.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

const whenNext = ({ state, nextAt }: Delivery): string =>
  state !== 'queued' ? '' : (nextAt?.toISOString() ?? 'when it takes others')

export function describeDeliveries(deliveries: readonly Delivery[], more: boolean): Output {
  const next = more ? deliveries.at(-1)?.id : undefined
  const rows = deliveries.map((one) => [
    one.id,
    one.state,
    String(one.attempts),
    one.createdAt.toISOString(),
    one.action,
    one.event,
    whenNext(one),
  ])
  const heads = ['ID', 'STATE', 'ATTEMPTS', 'CREATED', 'TYPE', 'EVENT', 'NEXT']
  return {
    text: [
      deliveries.length === 0 ? 'There are no deliveries.' : table(heads, rows),
      ...(next ? ['', `There are more: add --before ${next}`] : []),
    ].join('\n'),
    json: { deliveries, next: next ?? null },
  }
}

export const outcomeInWords = ({ status, failure }: Pick<Attempt, 'status' | 'failure'>): string =>
  failure === null || status !== null ? String(status) : failure

/** Strangers wrote it: nothing in it moves the cursor or colours what follows. */
const harmless = (text: string): string => text.replace(/[^\P{C}\n\t]/gu, '\ufffd')

const NOT_READABLE = 'not-readable'

/** A message that could not be made went nowhere; of what is older than this record nobody knows. */
const whereTo = ({ url, failure }: Attempt): string => url ?? (failure === NOT_READABLE ? 'nowhere' : 'not recorded')

const historyLines = ({ delivery, attempts }: DeliveryHistory): string =>
  attempts.length === 0
    ? delivery.state === 'queued'
      ? 'Nothing was tried yet.'
      : 'It was never tried.'
    : table(
        ['ATTEMPT', 'AT', 'TOOK', 'RESULT', 'SENT TO'],
        attempts.map((one) => [
          String(one.attempt),
          one.at.toISOString(),
          `${one.durationMs} ms`,
          outcomeInWords(one),
          whereTo(one),
        ]),
      )

export function describeDelivery(shown: ShownDelivery): Output {
  const { delivery, endpoint, attempts, request, isBroken } = shown
  const answer = attempts.findLast(({ response, isBroken: broken }) => response !== null || broken)
  return {
    text: [
      `${delivery.id}  ${delivery.state}`,
      `of ${endpoint.id} (${endpoint.name}), about ${delivery.event} (${delivery.action}, sequence ${delivery.sequence})`,
      ...(delivery.replayOf ? [`sent again by ${delivery.replayOf}`] : []),
      ...(delivery.state === 'queued'
        ? [`tried next: ${whenNext(delivery)}, at ${endpoint.url}; given up at ${delivery.giveUpAt.toISOString()}`]
        : []),
      '',
      historyLines(shown),
      '',
      ...(request
        ? [
            attempts.length === 0
              ? 'Request, as it would be made now:'
              : 'Request, as it would be made now with the time and the address of the last attempt; its signature is not kept:',
            `POST ${request.url ?? '(where it went was not recorded)'}`,
            ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
            '',
            harmless(request.body),
          ]
        : [
            isBroken
              ? 'The event or a secret of the webhook does not open: what was sent cannot be shown, and nothing can be sent.'
              : 'The log does not hold the event any more: what was sent cannot be shown.',
          ]),
      ...(answer?.response ? ['', 'The last answer began:', harmless(answer.response)] : []),
      ...(answer?.isBroken ? ['', 'What the last answer said is kept, and does not open.'] : []),
    ].join('\n'),
    json: shown,
  }
}
