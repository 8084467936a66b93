import { type Command, InvalidArgumentError } from 'commander'
import { AppError } from '../../errors/app-error.ts'
import type { CreateApiFault } from '../../oidc/apis/service.ts'
import { withRegistry } from '../client/with-registry.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'

export const command = defineCommand({
  summary: 'the APIs that tokens are issued for',
  build: (command, context) => {
    addCreate(command, context)
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
    .requiredOption('--name <name>')
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
          if (!created.ok) throw new AppError('api-invalid', refusals[created.error])
          return { text: `${created.value.id}  ${audience}`, json: created.value }
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
          const lines = found.map(({ id, audience, name, scopes }) => [id, audience, name, scopes.join(' ')].join('  '))
          return { text: lines.join('\n') || 'There is no API yet.', json: { apis: found } }
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

function toSeconds(text: string): number {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 30) throw new InvalidArgumentError('Expected whole seconds, at least 30.')
  return seconds
}
