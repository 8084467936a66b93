import { type Authority, instanceAuthority } from '../../../src/access/authority.ts'
import type { ActorContext } from '../../../src/audit/actor.ts'
import type { Config } from '../../../src/config/config.ts'
import { inInstance } from '../../../src/db/transaction.ts'
import { openWebhookEndpoints } from '../../../src/instance/webhook-endpoints.ts'
import type { Id } from '../../../src/lib/ids.ts'
import type { NewEndpoint } from '../../../src/webhooks/endpoints/add.ts'
import type { EndpointId } from '../../../src/webhooks/endpoints/endpoint.ts'
import type { Endpoints } from '../../../src/webhooks/endpoints/service.ts'
import { type SecretsOf, secretsOf } from '../../../src/webhooks/secrets/seals.ts'
import { must, type OrgsWorld, by as operator, orgsWorld } from '../../orgs/support.ts'
import { testConfig } from '../../support/config.ts'

export { instanceAuthority, must, operator }

export const given = (organisation: Id<'org'> | null): NewEndpoint => ({
  organisation,
  name: 'bookkeeping',
  url: 'https://hooks.example.com/in',
  events: ['membership.*'],
  personal: false,
})

interface Recorded {
  readonly action: string
  readonly org_id: string | null
  readonly target_id: string
  readonly actor_kind: string
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

export interface EndpointsWorld extends OrgsWorld {
  readonly endpoints: Endpoints<ActorContext>
  add(
    organisation: Id<'org'> | null,
    wish?: Partial<NewEndpoint>,
    authority?: Authority,
  ): Promise<{ organisation: Id<'org'> | null; id: EndpointId; secret: string }>
  /** What messages are signed with at this moment, as whoever verifies has it. */
  signing(id: EndpointId): Promise<string[]>
  recorded(): Promise<Recorded[]>
  rows(table: 'webhook_endpoints' | 'webhook_secrets' | 'webhook_deliveries'): Promise<number>
}

interface Settings {
  readonly webhooks?: Partial<Config['webhooks']>
  readonly allow?: readonly string[]
}

export async function endpointsWorld({ webhooks, allow = [] }: Settings = {}): Promise<EndpointsWorld> {
  const world = await orgsWorld()
  const { services, clock, database } = world
  const config = { webhooks: { ...testConfig().webhooks, allow, ...webhooks } }
  const endpoints = openWebhookEndpoints({ config, services, clock })
  const opened: SecretsOf = secretsOf({ sealer: services.keyring.instance, clock })
  return {
    ...world,
    endpoints,
    add: async (organisation, wish = {}, authority = instanceAuthority) => {
      const added = await endpoints.add(operator, authority, { ...given(organisation), ...wish })
      if (!added.ok) throw new Error(JSON.stringify(added.error))
      return { organisation, id: added.value.endpoint.id, secret: added.value.secret.reveal() }
    },
    signing: async (id) => {
      const secrets = await inInstance(services.database.owner, (tx) => opened(tx, id))
      return secrets.map((secret) => `whsec_${secret.reveal().toString('base64')}`)
    },
    recorded: async () => {
      const superuser = await database.superuser()
      const { rows } = await superuser.query<Recorded>(
        `SELECT action, org_id, target_id, actor_kind, before, after FROM events WHERE action LIKE 'webhook.%' ORDER BY id`,
      )
      return rows
    },
    rows: async (table) => {
      const superuser = await database.superuser()
      const { rows } = await superuser.query<{ many: number }>(`SELECT count(*)::int AS many FROM ${table}`)
      return rows[0]?.many ?? 0
    },
  }
}
