import { type Command, InvalidArgumentError, Option } from 'commander'
import { AppError } from '../../errors/app-error.ts'
import type { Client, ClientDemand, ClientType, GrantType, OrganisationUse } from '../../oidc/clients/client.ts'
import { CLIENT_TYPES, clientDemands, GRANT_TYPES, ORGANISATION_USES } from '../../oidc/clients/client.ts'
import { describeChange, describeClients, facts } from '../client/describe.ts'
import { clientNotFound, creationRefused, noRedirectUri, noSuchApi, redirectUriRefused } from '../client/refusal.ts'
import { withRegistry } from '../client/with-registry.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'

export const command = defineCommand({
  summary: 'the applications that may ask for tokens',
  build: (command, context) => {
    addCreate(command, context)
    addList(command, context)
    addUpdate(command, context)
    addRotateSecret(command, context)
    addDisable(command, context)
    addEnable(command, context)
  },
})

interface CreateOptions {
  readonly id?: string
  readonly name: string
  readonly type?: ClientType
  readonly public?: true
  readonly native?: true
  readonly uri?: string
  readonly redirectUri: string[]
  readonly postLogoutRedirectUri: string[]
  readonly grant: GrantType[]
  readonly api: string[]
  readonly firstParty?: true
  readonly organisations?: OrganisationUse
  readonly mfa?: ClientDemand
}

/** `ask`: whoever works for several chooses one, and tokens say for which they are. */
const organisationsOption = () =>
  new Option(
    '--organisations <use>',
    'whether people sign in to it for an organisation: off, ask (whoever has any; the default) or required',
  ).choices(ORGANISATION_USES)

const MFA = 'what it asks of everybody who signs in to it, beside what the instance and an organisation ask'

const collect = (value: string, before: string[]): string[] => [...before, value]

const toGrant = (value: string, before: GrantType[]): GrantType[] => {
  const grant = GRANT_TYPES.find((known) => known === value)
  if (!grant) throw new InvalidArgumentError(`Expected one of ${GRANT_TYPES.join(', ')}.`)
  return [...before, grant]
}

function addCreate(command: Command, context: CliContext): void {
  command
    .command('create')
    .description('a new application; its secret is shown once')
    .requiredOption('--name <name>', 'what people read when they sign in to it')
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
    .addOption(new Option('--type <type>', 'what it is').choices(CLIENT_TYPES))
    .option('--public', 'it runs in a browser and keeps no secret')
    .option('--native', "it runs on a person's device and keeps no secret")
    .option('--uri <address>', 'its home page')
    .option('--first-party', 'it is ours: people are not asked whether it may know who they are')
    .option('--grant <type>', `${GRANT_TYPES.join(', ')}; may be repeated`, toGrant, [])
    .option('--api <audience>', 'an API that it may have tokens for; may be repeated', collect, [])
    .addOption(organisationsOption())
    .addOption(new Option('--mfa <rule>', MFA).choices(clientDemands))
    .option('--id <id>', 'its client id; made up when left out')
    .action(
      context.answers((options: CreateOptions) =>
        withRegistry(context, 'client create', async ({ clients }, by) => {
          const { id, name, uri, grant } = options
          const created = await clients.create(by, {
            name,
            type: typeOf(options),
            redirectUris: options.redirectUri,
            postLogoutRedirectUris: options.postLogoutRedirectUri,
            firstParty: options.firstParty ?? false,
            apis: options.api,
            ...(id !== undefined && { id }),
            ...(uri !== undefined && { uri }),
            ...(grant.length > 0 && { grantTypes: grant }),
            ...(options.organisations !== undefined && { organisations: options.organisations }),
            ...(options.mfa !== undefined && { mfa: options.mfa }),
          })
          if (!created.ok) throw creationRefused(created.error)
          const { client, secret } = created.value
          return {
            text: [
              `client id      ${client.id}`,
              ...(secret
                ? [`client secret  ${secret.reveal()}`, '', 'The secret is shown this once: keep it now.']
                : []),
            ].join('\n'),
            json: { ...facts(client), ...(secret && { clientSecret: secret.reveal() }) },
          }
        }),
      ),
    )
}

function typeOf({ type, public: isPublic, native }: CreateOptions): ClientType {
  const said: ClientType[] = [...(type ? [type] : []), ...(isPublic ? ['public' as const] : [])]
  if (native) said.push('native')
  if (new Set(said).size > 1)
    throw new AppError('usage-error', { detail: `A client is of one type, not ${said.join(' and ')}.` })
  return said[0] ?? 'confidential'
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

interface UpdateOptions {
  readonly organisations?: OrganisationUse
  readonly mfa?: ClientDemand | 'none'
  readonly addApi: string[]
  readonly removeApi: string[]
  readonly addRedirectUri: string[]
  readonly removeRedirectUri: string[]
  readonly addPostLogoutRedirectUri: string[]
  readonly removePostLogoutRedirectUri: string[]
}

function addUpdate(command: Command, context: CliContext): void {
  command
    .command('update')
    .description('other addresses or APIs for an application, another use of organisations, or another rule')
    .argument('<id>', 'its client id')
    .option('--add-api <audience>', 'an API that it may have tokens for; may be repeated', collect, [])
    .option(
      '--remove-api <audience>',
      'no new tokens for this one; those that are out live to their end; may be repeated',
      collect,
      [],
    )
    .option('--add-redirect-uri <address>', 'may be repeated', collect, [])
    .option('--remove-redirect-uri <address>', 'may be repeated', collect, [])
    .option('--add-post-logout-redirect-uri <address>', 'may be repeated', collect, [])
    .option('--remove-post-logout-redirect-uri <address>', 'may be repeated', collect, [])
    .addOption(organisationsOption())
    .addOption(new Option('--mfa <rule>', `${MFA}; none: nothing`).choices([...clientDemands, 'none']))
    .action(
      context.answers((id: string, options: UpdateOptions) =>
        withRegistry(context, 'client update', async ({ clients }, by) => {
          const done = await clients.update(by, id, {
            addRedirectUris: options.addRedirectUri,
            removeRedirectUris: options.removeRedirectUri,
            addPostLogoutRedirectUris: options.addPostLogoutRedirectUri,
            removePostLogoutRedirectUris: options.removePostLogoutRedirectUri,
            addApis: options.addApi,
            removeApis: options.removeApi,
            ...(options.organisations !== undefined && { organisations: options.organisations }),
            ...(options.mfa !== undefined && { mfa: options.mfa === 'none' ? null : options.mfa }),
          })
          if (done.ok) return describeChange(standing(done.value), done.value)
          if (done.error.reason === 'redirect-uri') throw redirectUriRefused(done.error)
          if (done.error.reason === 'no-such-api') throw noSuchApi(done.error)
          throw done.error.reason === 'not-found' ? clientNotFound(id) : noRedirectUri()
        }),
      ),
    )
}

const standing = ({ name, redirectUris, postLogoutRedirectUris, apis, mfa }: Client): string =>
  [
    redirectUris.length > 0 ? `${name} may send people back to` : `${name} has nobody sign in.`,
    ...redirectUris.map((uri) => `  ${uri}`),
    ...(postLogoutRedirectUris.length > 0 ? ['and after a sign-out to'] : []),
    ...postLogoutRedirectUris.map((uri) => `  ${uri}`),
    ...(apis.length > 0 ? ['It may have tokens for'] : []),
    ...apis.map(({ audience }) => `  ${audience}`),
    ...(mfa === null ? [] : [`Of whoever signs in to it, it asks for: ${mfa}`]),
  ].join('\n')

function addRotateSecret(command: Command, context: CliContext): void {
  command
    .command('rotate-secret')
    .description('a new secret; the one before is refused from that moment on')
    .argument('<id>', 'its client id')
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, { yes }: { yes?: true }) => {
        if (!yes)
          await context.confirm(
            `The present secret of ${id} is refused at once: the application stops until it has the new one.`,
          )
        return withRegistry(context, 'client rotate-secret', async ({ clients }, by) => {
          const done = await clients.rotateSecret(by, id)
          if (done.ok) {
            const secret = done.value.secret.reveal()
            return {
              text: `client secret  ${secret}\n\nThe secret is shown this once: keep it now.`,
              json: { clientId: id, clientSecret: secret },
            }
          }
          if (done.error.reason === 'not-found') throw clientNotFound(id)
          throw new AppError('client-invalid', {
            detail: `${id} is a client without a secret.`,
            cure: 'There is nothing to rotate: it proves each request by PKCE.',
          })
        })
      }),
    )
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
