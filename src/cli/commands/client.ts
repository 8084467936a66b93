import type { Command } from 'commander'
import type { Client } from '../../oidc/clients/client.ts'
import { keepsSecrets } from '../../oidc/clients/client.ts'
import { isOursNoMore } from '../../oidc/clients/disowned.ts'
import { describeChange, describeClient, describeClients, facts, withWarnings } from '../client/describe.ts'
import {
  type ApiOption,
  addFieldOptions,
  collect,
  type FieldOptions,
  fieldsOf,
  grantsOf,
  TYPES,
  type TypeOptions,
  toApi,
  typeOf,
  typeOption,
  wantedOf,
} from '../client/options.ts'
import { clientNotFound, clientRefused, wordsForOlder } from '../client/refusal.ts'
import { addRegistrationTokenCommands } from '../client/registration-tokens.ts'
import { addSecretCommands } from '../client/secrets.ts'
import { withRegistry } from '../client/with-registry.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'

export const command = defineCommand({
  summary: 'the applications that may ask for tokens',
  build: (command, context) => {
    addCreate(command, context)
    addUpdate(command, context)
    addShow(command, context)
    addList(command, context)
    addSecretCommands(command, context)
    addRegistrationTokenCommands(command, context)
    addDisable(command, context)
    addEnable(command, context)
    addRemove(command, context)
  },
})

interface CreateOptions extends FieldOptions, TypeOptions {
  readonly id?: string
  readonly name: string
  readonly redirectUri: string[]
  readonly postLogoutRedirectUri: string[]
  readonly origin: string[]
  readonly api: ApiOption[]
  readonly onBehalf: string[]
}

const API = 'an API that it may have tokens for; in quotes with scopes behind it, for these alone; may be repeated'
const ON_BEHALF = 'an API that it may also call on behalf of a person whose token it was shown; may be repeated'

function addCreate(command: Command, context: CliContext): void {
  const create = command
    .command('create')
    .description('a new application; its secret is shown once')
    .addHelpText('after', TYPES)
    .requiredOption('--name <name>', 'what people read when they sign in to it')
    .addOption(typeOption())
    .option('--public', 'short for --type single-page')
    .option('--native', 'short for --type native')
    .option(
      '--redirect-uri <address>',
      'where people are sent back to, character by character; may be repeated',
      collect,
      [],
    )
    .option(
      '--post-logout-redirect-uri <address>',
      'where they may be sent after they sign out; may be repeated',
      collect,
      [],
    )
    .option(
      '--origin <origin>',
      'from where a page may call us, beside the redirect URIs; may be repeated',
      collect,
      [],
    )
    .option('--api <audience>', API, toApi, [])
    .option('--on-behalf <audience>', ON_BEHALF, collect, [])
    .option('--id <id>', 'its client id; made up when left out')
  addFieldOptions(create).action(
    context.answers((options: CreateOptions) =>
      withRegistry(context, 'client create', async ({ clients }, by) => {
        const { id, name, origin } = options
        const created = await clients.create(by, {
          ...(await fieldsOf(context, options)),
          name,
          type: typeOf(options),
          redirectUris: options.redirectUri,
          postLogoutRedirectUris: options.postLogoutRedirectUri,
          apis: grantsOf(options.api, options.onBehalf),
          ...(origin.length > 0 && { origins: origin }),
          ...(id !== undefined && { id }),
        })
        if (!created.ok) throw clientRefused(undefined, created.error)
        const { client, secret } = created.value
        return {
          text: [
            `client id      ${client.id}`,
            ...(secret ? [`client secret  ${secret.reveal()}`, '', 'The secret is shown this once: keep it now.'] : []),
          ].join('\n'),
          json: { ...facts(client), ...(secret && { clientSecret: secret.reveal() }) },
        }
      }),
    ),
  )
}

const MOST_LISTED = 1000

function addList(command: Command, context: CliContext): void {
  command
    .command('list')
    .description('every application, by its id')
    .option('--after <id>', 'begin behind this one')
    .action(
      context.answers(({ after }: { after?: string }) =>
        withRegistry(context, 'client list', async ({ clients }) => {
          const found = await clients.list({ limit: MOST_LISTED + 1, ...(after !== undefined && { after }) })
          return describeClients(found.slice(0, MOST_LISTED), found.length > MOST_LISTED)
        }),
      ),
    )
}

function addShow(command: Command, context: CliContext): void {
  command
    .command('show')
    .description('all that is known of an application')
    .argument('<id>', 'its client id')
    .action(
      context.answers((id: string) =>
        withRegistry(context, 'client show', async ({ clients }) => {
          const client = await clients.find(id)
          if (!client) throw clientNotFound(id)
          return withWarnings(
            describeClient(client, context.clock.now()),
            client,
            wordsForOlder(clients.faultsOf(client)),
          )
        }),
      ),
    )
}

interface UpdateOptions extends FieldOptions {
  readonly yes?: true
  readonly addApi: ApiOption[]
  readonly removeApi: string[]
  readonly addOnBehalf: string[]
  readonly removeOnBehalf: string[]
  readonly addRedirectUri: string[]
  readonly removeRedirectUri: string[]
  readonly addPostLogoutRedirectUri: string[]
  readonly removePostLogoutRedirectUri: string[]
  readonly addOrigin: string[]
  readonly removeOrigin: string[]
}

function addUpdate(command: Command, context: CliContext): void {
  const update = command
    .command('update')
    .description('what is left out stays as it is; `none` takes away what was said before')
    .argument('<id>', 'its client id')
    .option('--name <name>', 'what people read when they sign in to it')
    .option('--add-api <audience>', API, toApi, [])
    .option(
      '--remove-api <audience>',
      'no tokens for this one any more; those that are out are revoked; may be repeated',
      collect,
      [],
    )
    .option('--add-on-behalf <audience>', ON_BEHALF, collect, [])
    .option('--remove-on-behalf <audience>', 'it calls this one for itself alone again; may be repeated', collect, [])
    .option('--add-redirect-uri <address>', 'may be repeated', collect, [])
    .option('--remove-redirect-uri <address>', 'may be repeated', collect, [])
    .option('--add-post-logout-redirect-uri <address>', 'may be repeated', collect, [])
    .option('--remove-post-logout-redirect-uri <address>', 'may be repeated', collect, [])
    .option('--add-origin <origin>', 'may be repeated', collect, [])
    .option('--remove-origin <origin>', 'may be repeated', collect, [])
    .option('--yes', 'do not ask, where something ends by it')
  addFieldOptions(update).action(
    context.answers((id: string, options: UpdateOptions) =>
      withRegistry(context, 'client update', async ({ clients }, by) => {
        const before = options.firstParty === false && !options.yes ? await clients.find(id) : undefined
        if (before && isOursNoMore(before, { firstParty: false }))
          await context.confirm(
            `${before.name} (${id}) is somebody else's from now on: whoever is signed in to it has to come again, and is asked.`,
          )
        const done = await clients.update(by, id, {
          ...(await fieldsOf(context, options)),
          addRedirectUris: options.addRedirectUri,
          removeRedirectUris: options.removeRedirectUri,
          addPostLogoutRedirectUris: options.addPostLogoutRedirectUri,
          removePostLogoutRedirectUris: options.removePostLogoutRedirectUri,
          addOrigins: options.addOrigin,
          removeOrigins: options.removeOrigin,
          addApis: options.addApi.map(wantedOf),
          removeApis: options.removeApi,
          addOnBehalf: options.addOnBehalf,
          removeOnBehalf: options.removeOnBehalf,
        })
        if (!done.ok) throw clientRefused(id, done.error)
        return withWarnings(
          describeChange(standing(done.value), done.value),
          done.value,
          wordsForOlder(clients.faultsOf(done.value)),
        )
      }),
    ),
  )
}

const standing = (client: Client): string => {
  const { name, redirectUris, postLogoutRedirectUris, apis, mfa } = client
  return [
    redirectUris.length > 0 ? `${name} may send people back to` : `${name} has nobody sign in.`,
    ...redirectUris.map((uri) => `  ${uri}`),
    ...(postLogoutRedirectUris.length > 0 ? ['and after a sign-out to'] : []),
    ...postLogoutRedirectUris.map((uri) => `  ${uri}`),
    ...(apis.length > 0 ? ['It may have tokens for'] : []),
    ...apis.map(({ audience }) => `  ${audience}`),
    ...(mfa === null ? [] : [`Of whoever signs in to it, it asks for: ${mfa}`]),
    ...(keepsSecrets(client) && client.secrets.length === 0
      ? [`It has no secret yet: hearthkey client add-secret ${client.id}`]
      : []),
    `hearthkey client show ${client.id} says all of it.`,
  ].join('\n')
}

function addDisable(command: Command, context: CliContext): void {
  command
    .command('disable')
    .description('nobody signs in to this application and it gets no token, until it is enabled again')
    .argument('<id>', 'its client id')
    .action(
      context.answers((id: string) =>
        withRegistry(context, 'client disable', async ({ clients }, by) => {
          const done = await clients.disable(by, id)
          if (done.ok) return describeChange(`${done.value.name} is disabled.`, done.value)
          return unchanged(await clients.find(id), id, 'disabled')
        }),
      ),
    )
}

function addEnable(command: Command, context: CliContext): void {
  command
    .command('enable')
    .description('this application is served again')
    .argument('<id>', 'its client id')
    .action(
      context.answers((id: string) =>
        withRegistry(context, 'client enable', async ({ clients }, by) => {
          const done = await clients.enable(by, id)
          if (done.ok) return describeChange(`${done.value.name} is enabled.`, done.value)
          return unchanged(await clients.find(id), id, 'enabled')
        }),
      ),
    )
}

function unchanged(client: Client | undefined, id: string, state: string) {
  if (!client) throw clientNotFound(id)
  return describeChange(`${client.name} was ${state} already.`, client)
}

function addRemove(command: Command, context: CliContext): void {
  command
    .command('remove')
    .description('for good: whoever is signed in to it gets no token any more, and its id is never given again')
    .argument('<id>', 'its client id')
    .option('--yes', 'do not ask')
    .action(
      context.answers((id: string, { yes }: { readonly yes?: true }) =>
        withRegistry(context, 'client remove', async ({ clients }, by) => {
          const client = await clients.find(id)
          if (!client) throw clientNotFound(id)
          if (!yes)
            await context.confirm(
              `${client.name} (${id}) is removed for good, with its secrets and all that people granted it.`,
            )
          const done = await clients.remove(by, id)
          if (!done.ok) throw clientNotFound(id)
          const { grants } = done.value
          const text = `${client.name} is removed${grants === 0 ? '' : ` and ${grants} grants with it`}.`
          return { text, json: { clientId: id, removed: true, grants } }
        }),
      ),
    )
}
