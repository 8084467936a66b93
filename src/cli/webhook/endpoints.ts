import type { Command } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import type { EndpointId } from '../../webhooks/endpoints/endpoint.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'
import { describeEndpoint, describeEndpoints, describeSecret, describeStanding } from './describe.ts'
import { collect, ofOrganisationOrInstance, ownSecret, toEndpointId, withOwnSecret } from './options.ts'
import { endpointRefused, webhookNotFound } from './refusal.ts'
import { endpointNamed, whose, withWebhooks } from './with-webhooks.ts'

export function addEndpointCommands(command: Command, context: CliContext): void {
  addAdd(command, context)
  addList(command, context)
  addShow(command, context)
  addUpdate(command, context)
}

interface AddOptions {
  readonly org?: string
  readonly name: string
  readonly url: string
  readonly event: string[]
  readonly personal?: true
  readonly ownSecret?: true
}

const EVENT = "an event (user.created), all of a noun ('user.*'), or '*'; may be repeated"

function addAdd(command: Command, context: CliContext): void {
  withOwnSecret(ofOrganisationOrInstance(command.command('add')))
    .description('one more address that is told of events; its secret is shown once')
    .requiredOption('--url <address>', 'where messages are sent to, over https')
    .requiredOption('--event <event>', EVENT, collect)
    .requiredOption('--name <name>', 'what it is for')
    .option('--personal', 'send along what events say of people: names, addresses, where they were')
    .action(
      context.answers(async (options: AddOptions) => {
        const secret = await ownSecret(context, options.ownSecret)
        return withWebhooks(context, 'webhook add', async (at) => {
          const { name, url, event: events, personal = false } = options
          const organisation = await whose(at, options.org)
          const wish = { organisation, name, url, events, personal, secret }
          const added = await at.endpoints.add(at.by, instanceAuthority, wish)
          if (!added.ok) throw endpointRefused(added.error)
          const { endpoint } = added.value
          return describeSecret({
            endpoint,
            secret: secret ? undefined : added.value.secret.reveal(),
            said: [`${endpoint.id} is told of ${endpoint.events.join(', ')} at ${endpoint.url}.`],
          })
        })
      }),
    )
}

interface ListOptions {
  readonly org?: string
  readonly limit: number
  readonly after?: EndpointId
}

function addList(command: Command, context: CliContext): void {
  withLimit(ofOrganisationOrInstance(command.command('list')))
    .description('those of an organisation, or of the instance')
    .option('--after <id>', 'begin behind this one', toEndpointId)
    .action(
      context.answers(({ org, limit, after }: ListOptions) =>
        withWebhooks(context, 'webhook list', async (at) => {
          const page = { organisation: await whose(at, org), limit: limit + 1, after }
          const found = await at.endpoints.list(instanceAuthority, page)
          return describeEndpoints(found.slice(0, limit), found.length > limit)
        }),
      ),
    )
}

function addShow(command: Command, context: CliContext): void {
  command
    .command('show')
    .description('one of them, and how it fares')
    .argument('<webhook>', 'its id')
    .action(
      context.answers((id: string) =>
        withWebhooks(context, 'webhook show', async (at) => {
          const standing = await at.endpoints.standing(instanceAuthority, await endpointNamed(at, id))
          if (!standing) throw webhookNotFound(id)
          return describeStanding(standing)
        }),
      ),
    )
}

interface UpdateOptions {
  readonly name?: string
  readonly url?: string
  readonly event?: string[]
  readonly personal?: boolean
}

function addUpdate(command: Command, context: CliContext): void {
  command
    .command('update')
    .description('what is named is changed, the rest stays')
    .argument('<webhook>', 'its id')
    .option('--url <address>', 'where messages are sent to from now on, those that wait included')
    .option('--event <event>', `instead of what it was told of: ${EVENT}`, collect)
    .option('--name <name>', 'what it is for')
    .option('--personal', 'send along what events say of people')
    .option('--no-personal', 'send ids alone')
    .action(
      context.answers((id: string, { name, url, event: events, personal }: UpdateOptions) =>
        withWebhooks(context, 'webhook update', async (at) => {
          const updated = await at.endpoints.update(at.by, instanceAuthority, await endpointNamed(at, id), {
            ...(name !== undefined && { name }),
            ...(url !== undefined && { url }),
            ...(events !== undefined && { events }),
            ...(personal !== undefined && { personal }),
          })
          if (!updated.ok) throw endpointRefused(updated.error, id)
          return describeEndpoint(updated.value)
        }),
      ),
    )
}
