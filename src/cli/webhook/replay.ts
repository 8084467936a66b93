import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { instanceAuthority } from '../../access/authority.ts'
import { type EventId, eventId } from '../../audit/event.ts'
import { AppError } from '../../errors/app-error.ts'
import { MOST_REPLAYED, type ReplayWish } from '../../webhooks/deliveries/replay.ts'
import type { ReplayFault } from '../../webhooks/deliveries/service.ts'
import type { CliContext } from '../context.ts'
import { webhookNotFound } from './refusal.ts'
import { withDeliveries } from './with-deliveries.ts'
import { endpointNamed } from './with-webhooks.ts'

interface ReplayOptions {
  readonly event?: EventId
  readonly failed?: true
  readonly missed?: true
  readonly all?: true
  readonly from?: Date
  readonly to?: Date
  readonly yes?: true
}

/** A receiver that takes ten at once takes ten more; what becomes thousands should not be a slip of the keyboard. */
const WITHOUT_A_QUESTION = 10

export function addReplay(command: Command, context: CliContext): void {
  command
    .command('replay')
    .description('tell it again, with the ids that it knows: one event, what failed, what it missed, or all')
    .argument('<webhook>', 'its id')
    .option('--event <id>', 'this one that it has chosen, whether it was delivered or not', toEventId)
    .option('--failed', 'what was given up or discarded, and not delivered since')
    .option('--missed', 'what it was never told of although it has chosen it: it was disabled, or not there yet')
    .option('--all', 'all of a time that it has chosen, whether it was delivered or not: it has lost what it had')
    .option('--from <time>', 'of what happened then or later, such as 2030-01-15T12:00Z', toMoment)
    .option('--to <time>', 'of what happened before then', toMoment)
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, options: ReplayOptions) => {
        const wish = wishOf(options, context.clock.now())
        return withDeliveries(context, 'webhook replay', async (at) => {
          const place = await endpointNamed(at, id)
          const counted = await at.deliveries.countReplay(instanceAuthority, place, wish)
          if (!counted.ok) return refuse(counted.error, id)
          if (counted.value > MOST_REPLAYED) return refuse('too-many', id)
          if (!options.yes && counted.value > WITHOUT_A_QUESTION)
            await context.confirm(`${id} is told of ${counted.value} events again.`)
          const done = await at.deliveries.replay(at.by, instanceAuthority, place, wish)
          if (!done.ok) return refuse(done.error, id)
          const { deliveries, event } = done.value
          return {
            text: `${deliveries} ${deliveries === 1 ? 'event is' : 'events are'} sent again (${event}).`,
            json: { id, deliveries, event },
          }
        })
      }),
    )
}

/** Up to this moment, so that what is counted is what is sent. */
function wishOf({ event, failed, missed, all, from, to }: ReplayOptions, now: Date): ReplayWish {
  const named = [event, failed, missed, all].filter((one) => one !== undefined)
  if (named.length !== 1) throw usage('Say what is sent again: --event, --failed, --missed or --all, one of them.')
  if (event !== undefined) {
    if (from || to) throw usage('--from and --to go with --failed, --missed and --all.')
    return { what: 'event', event }
  }
  if (!failed && !from) throw usage('--missed and --all look through the log of events: say --from when.')
  return { what: failed ? 'failed' : missed ? 'missed' : 'all', from: from ?? null, to: to ?? now }
}

const usage = (detail: string): AppError =>
  new AppError('usage-error', { detail, cure: 'See hearthkey webhook replay --help.' })

function refuse(fault: ReplayFault, id: string): undefined {
  if (fault === 'not-found') throw webhookNotFound(id)
  const [detail, cure] = words[fault]
  throw new AppError('webhook-refused', { detail, cure })
}

const words: Readonly<Record<Exclude<ReplayFault, 'not-found'>, readonly [detail: string, cure: string]>> = {
  disabled: ['It is disabled: nothing would be sent.', 'hearthkey webhook enable sends what waited for it as well.'],
  nothing: [
    'There is nothing of the kind to send again.',
    'hearthkey webhook deliveries shows what it was told; an event is named by its id, evt_…, and is one that it has chosen.',
  ],
  forgotten: [
    'What it was told of so long ago is not known any more (webhooks.keep): it would be told of all of it again.',
    'Say a later --from; or --all, where that is what you want.',
  ],
  'too-early': ['That is before it was added, and takes the permission audit.read.', 'Say a later --from.'],
  'too-many': [
    `These are more than ${MOST_REPLAYED} events.`,
    'Say a shorter time with --from and --to, and the next one after it.',
  ],
}

function toEventId(text: string): EventId {
  if (!eventId.is(text)) throw new InvalidArgumentError('Expected an id that starts with evt_.')
  return text
}

/** With seconds or without. */
const moment = z.union([
  z.iso.date(),
  z.iso.datetime({ offset: true, precision: -1 }),
  z.iso.datetime({ offset: true }),
])

function toMoment(text: string): Date {
  if (!moment.safeParse(text).success)
    throw new InvalidArgumentError('Expected a day such as 2030-01-15 or a time such as 2030-01-15T12:00Z.')
  return new Date(text)
}
