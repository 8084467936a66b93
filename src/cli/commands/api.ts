import { type Command, InvalidArgumentError } from 'commander'
import { AppError } from '../../errors/app-error.ts'
import type { CreateApiFault } from '../../oidc/apis/service.ts'
import { apiUnknown } from '../access/find.ts'
import { withRegistry } from '../client/with-registry.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { table } from '../table.ts'

export const command = defineCommand({
  summary: 'the APIs that tokens are issued for',
  build: (command, context) => {
    addCreate(command, context)
    addUpdate(command, context)
    addList(command, context)
  },
})

interface CreateOptions {
  readonly audience: string
  readonly name: string
  readonly scope: string[]
  readonly tokenTtl?: number
  readonly ownKeys?: true
  readonly byRole?: true
}

const collect = (value: string, before: string[]): string[] => [...before, value]

function addCreate(command: Command, context: CliContext): void {
  command
    .command('create')
    .description('a new API')
    .requiredOption('--audience <uri>', 'what its back end expects in `aud`')
    .requiredOption('--name <name>', 'what it is called')
    .option('--scope <scope>', 'what a token may allow there; may be repeated', collect, [])
    .option('--token-ttl <seconds>', 'how long its access tokens are good for', toSeconds)
    .option('--own-keys', 'its tokens are signed by keys of its own, in a key set of its own')
    .option('--by-role', 'roles decide who gets which of its scopes: nobody has one that no role of theirs gives')
    .action(
      context.answers(({ audience, name, scope, tokenTtl, ownKeys, byRole }: CreateOptions) =>
        withRegistry(context, 'api create', async ({ apis }, by) => {
          const created = await apis.create(by, {
            audience,
            name,
            scopes: scope,
            ownKeys: ownKeys ?? false,
            byRole: byRole ?? false,
            ...(tokenTtl !== undefined && { accessTokenTtl: tokenTtl }),
          })
          if (!created.ok) throw invalid(created.error)
          return { text: `${created.value.id}  ${audience}`, json: created.value }
        }),
      ),
    )
}

interface UpdateOptions {
  readonly byRole?: boolean
  readonly addScope: string[]
}

function addUpdate(command: Command, context: CliContext): void {
  command
    .command('update')
    .description('more scopes for an API, or who decides over them; tokens that are out say what they said')
    .argument('<audience>', 'what its back end expects in `aud`')
    .option('--by-role', 'roles decide who gets which of its scopes')
    .option('--no-by-role', 'whoever uses a client that may have a scope gets it, whatever their roles')
    .option('--add-scope <scope>', 'what a token may allow there, too; may be repeated', collect, [])
    .action(
      context.answers((audience: string, { byRole, addScope }: UpdateOptions) =>
        withRegistry(context, 'api update', async ({ apis }, by) => {
          if (byRole === undefined && addScope.length === 0)
            throw new AppError('usage-error', {
              detail: 'Nothing to change.',
              cure: 'Give --by-role, --no-by-role or --add-scope.',
            })
          const done = await apis.update(by, audience, { addScopes: addScope, ...(byRole !== undefined && { byRole }) })
          if (!done.ok) throw done.error === 'not-found' ? apiUnknown(audience) : invalid(done.error)
          const { scopes } = done.value
          const text = [
            done.value.byRole
              ? `Roles decide who gets which scopes of ${audience}.`
              : `Roles do not decide over the scopes of ${audience}.`,
            `Scopes: ${scopes.join(' ') || 'none'}`,
          ]
          return { text: text.join('\n'), json: done.value }
        }),
      ),
    )
}

function addList(command: Command, context: CliContext): void {
  command
    .command('list')
    .description('every API, in the order of their creation')
    .action(
      context.answers(() =>
        withRegistry(context, 'api list', async ({ apis }) => {
          const found = await apis.list()
          const rows = found.map(({ id, audience, byRole, name, scopes }) => [
            ...[id, audience, byRole ? 'roles' : 'clients', name],
            scopes.join(' '),
          ])
          const heads = ['ID', 'AUDIENCE', 'SCOPES BY', 'NAME', 'SCOPES']
          return { text: rows.length > 0 ? table(heads, rows) : 'There is no API yet.', json: { apis: found } }
        }),
      ),
    )
}

const refusals: Readonly<Record<CreateApiFault, { readonly detail: string; readonly cure: string }>> = {
  'audience-invalid': {
    detail: 'The audience is not an absolute URI.',
    cure: 'Give one such as https://api.example.com or urn:example:invoices, without a #.',
  },
  'audience-taken': {
    detail: 'There is an API with this audience already, or it is this server itself.',
    cure: 'Choose another audience. hearthkey api list shows those that exist.',
  },
  'name-invalid': { detail: 'The name is empty or too long.', cure: 'Give a --name of at most 200 characters.' },
  'scope-invalid': {
    detail: 'A scope holds characters that it may not.',
    cure: 'Use visible ASCII without spaces, quotes and backslashes, such as invoices:read.',
  },
  'ttl-too-long': {
    detail: 'The tokens would outlive the keys that sign them.',
    cure: 'Choose a shorter --token-ttl, or a longer keys.longestTokenLifetime in the configuration.',
  },
}

const invalid = (fault: CreateApiFault): AppError => new AppError('api-invalid', refusals[fault])

function toSeconds(text: string): number {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 30) throw new InvalidArgumentError('Expected whole seconds, at least 30.')
  return seconds
}
