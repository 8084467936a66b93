import type { ActorContext } from '../audit/actor.ts'
import type { Config } from '../config/config.ts'
import { createEnqueueAll } from '../jobs/enqueue.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { shareOrganisation } from '../orgs/store.ts'
import { deliverWebhook } from '../webhooks/deliveries/job.ts'
import type { SendDeps } from '../webhooks/deliveries/send.ts'
import { createDeliveries, type Deliveries } from '../webhooks/deliveries/service.ts'
import type { UpkeepDeps } from '../webhooks/deliveries/upkeep.ts'
import { createDispatch } from '../webhooks/dispatch/follower.ts'
import { disablingFailing } from '../webhooks/endpoints/failing.ts'
import { matching } from '../webhooks/endpoints/matching.ts'
import { removingAllOf } from '../webhooks/endpoints/remove.ts'
import { secretsOf } from '../webhooks/secrets/seals.ts'
import { openEntryOpener } from './entry-opener.ts'
import type { Services } from './services.ts'
import { readEntries } from './webhook-entries.ts'
import { tellingWebhookKeepers } from './webhook-keepers.ts'

const USER_AGENT = 'Hearthkey-Webhooks'

interface DeliveriesOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
}

/** Whoever takes part in sending: the jobs of the background. */
export function webhookDeliveries({ config, services, clock, log }: DeliveriesOptions): SendDeps & UpkeepDeps {
  const { database, events, keyring, outgoingToWebhooks, enqueue } = services
  const { timeout, giveUpAfter, keep, responseKept } = config.webhooks
  return {
    owner: database.owner,
    outgoing: outgoingToWebhooks,
    enqueue,
    enqueueAll: createEnqueueAll(),
    readEntry: readEntries(openEntryOpener(keyring)),
    secretsOf: secretsOf({ sealer: keyring.instance, clock }),
    sealer: keyring.instance,
    disableFailing: disablingFailing({
      by: { actor: { kind: 'system', id: deliverWebhook.name } },
      record: events.recordEvent,
      tell: tellingWebhookKeepers({ config, services, clock, log }),
    }),
    clock,
    log,
    timeout,
    giveUpAfter,
    keep,
    responseKept,
    userAgent: USER_AGENT,
  }
}

/** Follows the log of events. */
export const webhookDispatch = ({ config, clock, services }: Omit<DeliveriesOptions, 'log'>) =>
  createDispatch({
    matching,
    removeAllOf: removingAllOf({
      by: { actor: { kind: 'system', id: 'webhooks' } },
      record: services.events.recordEvent,
    }),
    enqueueAll: createEnqueueAll(),
    clock,
    giveUpAfter: config.webhooks.giveUpAfter,
  })

/** What was sent and how it went: for whoever looks into it, sends something again, or tries whether it works. */
export const openWebhookDeliveries = ({
  config,
  services,
  clock,
}: Omit<DeliveriesOptions, 'log'>): Deliveries<ActorContext> =>
  createDeliveries({
    db: services.database.app,
    owner: services.database.owner,
    hold: shareOrganisation,
    responses: services.keyring.instance,
    record: services.events.recordEvent,
    readEntry: readEntries(openEntryOpener(services.keyring)),
    secretsOf: secretsOf({ sealer: services.keyring.instance, clock }),
    enqueueAll: createEnqueueAll(),
    clock,
    giveUpAfter: config.webhooks.giveUpAfter,
    keep: config.webhooks.keep,
    userAgent: USER_AGENT,
  })
