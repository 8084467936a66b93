import { inject, onTestFinished } from 'vitest'
import type { ActorContext } from '../../../src/audit/actor.ts'
import { appendToChain } from '../../../src/audit/chain/append.ts'
import type { EventId, EventInput } from '../../../src/audit/event.ts'
import { follow } from '../../../src/audit/following/follow.ts'
import type { Follower } from '../../../src/audit/following/follower.ts'
import { inOrganisation, inTransaction } from '../../../src/db/transaction.ts'
import type { Resolve } from '../../../src/http/outgoing/guarded-lookup.ts'
import { createOutgoingClient } from '../../../src/http/outgoing/outgoing-client.ts'
import { actorNames } from '../../../src/instance/actor-names.ts'
import type { Services } from '../../../src/instance/services.ts'
import { webhookDeliveries, webhookDispatch } from '../../../src/instance/webhook-deliveries.ts'
import type { JobHandler } from '../../../src/jobs/handler.ts'
import { startWorker } from '../../../src/jobs/worker.ts'
import { defineId, type Id } from '../../../src/lib/ids.ts'
import { webhookJobHandlers } from '../../../src/webhooks/deliveries/jobs.ts'
import type { SendDeps } from '../../../src/webhooks/deliveries/send.ts'
import type { NewEndpoint } from '../../../src/webhooks/endpoints/add.ts'
import type { EndpointId } from '../../../src/webhooks/endpoints/endpoint.ts'
import { testConfig } from '../../support/config.ts'
import { captureLog } from '../../support/log.ts'
import { endpointsWorld, instanceAuthority, operator } from '../endpoints/support.ts'

export { instanceAuthority, operator }

const orgId = defineId('org')

interface Options {
  readonly allow?: readonly string[]
  readonly resolve?: Resolve
  readonly timeout?: number
}

export interface Queued {
  readonly data: Readonly<Record<string, string>>
  readonly start_after: Date
}

export interface DeliveryRow {
  readonly id: string
  readonly endpoint_id: string
  readonly event_id: string
  readonly action: string
  readonly state: string
  readonly attempts: number
  readonly replay_of: string | null
  readonly next_at: Date | null
}

export type DeliveriesWorld = Awaited<ReturnType<typeof deliveriesWorld>>

/** Endpoints, a log that can be followed, and the jobs of one server, which run when a test says so. */
export async function deliveriesWorld(options: Options = {}) {
  const { allow = ['127.0.0.0/8'], resolve, timeout = 10_000 } = options
  const world = await endpointsWorld({ allow })
  const { services, clock, database } = world
  const log = captureLog()
  const given = testConfig({ KEYS_DIR: inject('postgres').keysDir, ISSUER_URL: 'https://id.example.com' })
  const { owner, app } = services.database
  const config = { ...given, webhooks: { ...given.webhooks, timeout } }
  const deps = { config, clock, log: log.log }

  /** What one process of the server has of its own. */
  const handlersOf = (change: Partial<SendDeps> = {}): JobHandler[] => {
    const outgoing = createOutgoingClient({ allow, timeout: 5_000, maxBytes: 1_000_000, ...(resolve && { resolve }) })
    onTestFinished(() => outgoing.close())
    const own: Services = { ...services, outgoingToWebhooks: outgoing }
    return webhookJobHandlers({ ...webhookDeliveries({ ...deps, services: own }), ...change })
  }
  const instance = (change: Partial<SendDeps> = {}) => {
    const handlers = handlersOf(change)
    return (name: string, payload: unknown, attempt = 1) => {
      const handler = handlers.find(({ kind }) => kind.name === name)
      if (!handler) throw new Error(`no job is called ${name}`)
      return handler.run(payload, { jobId: 'test', attempt, signal: new AbortController().signal })
    }
  }
  const run = instance()
  const dispatch = webhookDispatch({ ...deps, services })

  const query = async <R extends object>(text: string, values: unknown[] = []) =>
    (await (await database.superuser()).query<R>(text, values)).rows

  /** Into the log of events, as whatever the server does would. */
  const record = (event: EventInput, by: ActorContext = operator): Promise<EventId> =>
    inTransaction(app, (tx) => services.events.recordEvent(tx, by, event))

  const chain = { owner, clock, names: actorNames(services.keyring), log: log.log }
  /** What has happened since is put into the chain, and followed. */
  const goOn = async (follower: Follower = dispatch): Promise<void> => {
    await appendToChain(chain)
    while ((await follow({ owner, clock }, follower)) > 0);
  }
  // Its place is put down first, then what had happened so far is passed over.
  await goOn()
  await goOn()

  const queued = () =>
    query<Queued>(
      `SELECT data, start_after FROM pgboss.job WHERE name = 'webhooks.deliver' AND state = 'created' ORDER BY start_after, created_on`,
    )
  /**
   * What waited while an endpoint rested, or was disabled, goes on where it is time. A job that has run is no more: the window in
   * which no second one of its kind is taken goes by the database's clock, and has passed by the one that a test advances.
   */
  const resume = async () => {
    const due = await query<Queued>(
      `DELETE FROM pgboss.job WHERE name = 'webhooks.resume' AND state = 'created' AND start_after <= $1 RETURNING data`,
      [clock.now()],
    )
    for (const { data } of due) await run('webhooks.resume', data)
  }
  const deliveries = () => query<DeliveryRow>('SELECT * FROM webhook_deliveries ORDER BY seq, id')
  const attempts = () =>
    query<{
      attempt: number
      status: number | null
      failure: string | null
      duration_ms: number
      response: Buffer | null
    }>('SELECT attempt, status, failure, duration_ms, response FROM webhook_attempts ORDER BY id')

  return {
    ...world,
    config,
    quiet: log.log,
    /** Everything that the jobs have said. */
    logged: () => log.text(),
    run,
    instance,
    /** The queue of one server, with all that work on it. */
    startWorker: async () => {
      const { listener } = services
      const worker = await startWorker({ pool: database.ownerPool, listener, handlers: handlersOf(), log: log.log })
      onTestFinished(() => worker.stop(1_000))
    },
    dispatch,
    record,
    follow: goOn,
    queued,
    resume,
    deliveries,
    attempts,
    query,
    endpoint: (url: string, wish: Partial<NewEndpoint> = {}, organisation: Id<'org'> | null = null) =>
      world.add(organisation, { url, events: ['organisation.*'], ...wish }),
    /** Something that an endpoint with no wish of its own is told of. */
    happen: async (organisation: Id<'org'> | null = null): Promise<EventId> => {
      const target = organisation ?? orgId.generate()
      const by: ActorContext = { ...operator, ...(organisation && { organisation }) }
      const event: EventInput = { action: 'organisation.updated', target, after: { public: { name: 'Acme' } } }
      return organisation === null
        ? record(event)
        : inOrganisation(app, organisation, (tx) => services.events.recordEvent(tx, by, event))
    },
    /** One attempt of each that is due, in the order of the queue, by this instance or another one. */
    deliver: async (by = run): Promise<void> => {
      const due = await query<{ id: string }>(
        `SELECT id FROM webhook_deliveries WHERE state = 'queued' AND next_at <= $1
         ORDER BY (SELECT row(-priority, created_on) FROM pgboss.job WHERE name = 'webhooks.deliver'
                   AND data->>'delivery' = 'dlv_' || replace(webhook_deliveries.id::text, '-', '')
                   ORDER BY created_on DESC LIMIT 1), id`,
        [clock.now()],
      )
      for (const { id } of due) await by('webhooks.deliver', { delivery: `dlv_${id.replaceAll('-', '')}` })
    },
    endpointRow: async (id: EndpointId) =>
      (
        await query<{ disabled_because: string | null }>(
          'SELECT disabled_because FROM webhook_endpoints WHERE id = $1',
          [id.replace(/^whk_/, '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')],
        )
      )[0],
  }
}
