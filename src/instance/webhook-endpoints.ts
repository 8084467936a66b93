import type { ActorContext } from '../audit/actor.ts'
import { actions } from '../audit/vocabulary.ts'
import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import { shareOrganisation } from '../orgs/store.ts'
import { resumeDeliveries } from '../webhooks/deliveries/job.ts'
import { createEndpoints, type Endpoints } from '../webhooks/endpoints/service.ts'
import type { Services } from './services.ts'

interface EndpointsOptions {
  readonly config: Pick<Config, 'webhooks'>
  readonly services: Pick<Services, 'database' | 'events' | 'keyring' | 'enqueue'>
  readonly clock: Clock
}

/** Who is told of events: for whoever adds, changes and removes them. */
export const openWebhookEndpoints = ({ config, services, clock }: EndpointsOptions): Endpoints<ActorContext> =>
  createEndpoints({
    db: services.database.app,
    owner: services.database.owner,
    actions,
    allowed: config.webhooks.allow,
    settings: config.webhooks,
    sealer: services.keyring.instance,
    hold: shareOrganisation,
    resume: (tx, { id }) => services.enqueue(tx, resumeDeliveries, { endpoint: id, rested: false, most: null }),
    record: services.events.recordEvent,
    clock,
  })
