import { instanceAuthority } from '../../access/authority.ts'
import type { ActorContext } from '../../audit/actor.ts'
import { openWebhookEndpoints } from '../../instance/webhook-endpoints.ts'
import type { Id } from '../../lib/ids.ts'
import { endpointId } from '../../webhooks/endpoints/endpoint.ts'
import type { EndpointPlace, Endpoints } from '../../webhooks/endpoints/service.ts'
import { organisationNamed } from '../access/find.ts'
import { type AccessAtWork, withAccess } from '../access/with-access.ts'
import type { CliContext } from '../context.ts'
import { webhookNotFound } from './refusal.ts'

/** What a command about webhooks works with; `by` names the command in the log of events. */
export interface WebhooksAtWork extends AccessAtWork {
  readonly endpoints: Endpoints<ActorContext>
}

export const withWebhooks = <T>(
  context: CliContext,
  name: string,
  work: (at: WebhooksAtWork) => Promise<T>,
): Promise<T> =>
  withAccess(context, name, (at) => {
    const { clock } = context
    return work({ ...at, endpoints: openWebhookEndpoints({ config: context.config(), services: at.services, clock }) })
  })

/** Left out: the instance itself. */
export const whose = async (at: WebhooksAtWork, org: string | undefined): Promise<Id<'org'> | null> =>
  org === undefined ? null : (await organisationNamed(at, org)).id

/** By its id alone: whose it is, the operator need not know. */
export async function endpointNamed({ endpoints }: WebhooksAtWork, id: string): Promise<EndpointPlace> {
  const place = endpointId.is(id) ? await endpoints.placeOf(instanceAuthority, id) : undefined
  if (!place) throw webhookNotFound(id)
  return place
}
