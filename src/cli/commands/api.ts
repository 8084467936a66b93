import type { Command } from 'commander'
import { AppError } from '../../errors/app-error.ts'
import type { Api } from '../../oidc/apis/api.ts'
import type { ApiFields } from '../../oidc/apis/fields.ts'
import { apiUnknown } from '../access/find.ts'
import { describeApi } from '../api/describe.ts'
import { type ApiOptions, addApiOptions, collect, fieldsOf, wordsOf } from '../api/options.ts'
import { apiRefused } from '../api/refusal.ts'
import { withRegistry } from '../client/with-registry.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { table } from '../table.ts'

export const command = defineCommand({
  summary: 'the APIs that tokens are issued for',
  build: (command, context) => {
    addCreate(command, context)
    addUpdate(command, context)
    addShow(command, context)
    addList(command, context)
  },
})

interface CreateOptions extends ApiOptions {
  readonly audience: string
  readonly name: string
  readonly scope: string[]
}

function addCreate(command: Command, context: CliContext): void {
  const create = command
    .command('create')
    .description('a new API')
    .requiredOption('--audience <uri>', 'what its back end expects in `aud`')
    .requiredOption('--name <name>', 'what it is called')
    .option('--scope <scope>', 'what a token may allow there; may be repeated', collect, [])
  addApiOptions(create).action(
    context.answers((options: CreateOptions) =>
      withRegistry(context, 'api create', async ({ apis }, by) => {
        const { audience, name, scope } = options
        const scopeWords = await wordsOf(context, options)
        const created = await apis.create(by, {
          ...fieldsOf(options),
          audience,
          name,
          scopes: scope,
          ...(scopeWords && { scopeWords }),
        })
        if (!created.ok) throw apiRefused(created.error)
        return { text: `${created.value.id}  ${audience}`, json: created.value }
      }),
    ),
  )
}

interface UpdateOptions extends ApiOptions {
  readonly addScope: string[]
  readonly yes?: true
}

function addUpdate(command: Command, context: CliContext): void {
  const update = command
    .command('update')
    .description('what is left out stays as it is; tokens that are out say what they said')
    .argument('<audience>', 'what its back end expects in `aud`')
    .option('--name <name>', 'what it is called')
    .option('--add-scope <scope>', 'what a token may allow there, too; may be repeated', collect, [])
    .option('--yes', 'do not ask')
  addApiOptions(update).action(
    context.answers((audience: string, options: UpdateOptions) =>
      withRegistry(context, 'api update', async ({ apis }, by) => {
        const before = await apis.find(audience)
        if (!before) throw apiUnknown(audience)
        const scopeWords = await wordsOf(context, options)
        const said = fieldsOf(options)
        if (Object.keys(said).length === 0 && options.addScope.length === 0 && !scopeWords)
          throw new AppError('usage-error', {
            detail: 'Nothing to change.',
            cure: 'hearthkey api update --help lists what can be changed.',
          })
        if (!options.yes && readsOrganisationOtherwise(before, said))
          await context.confirm(`Every token of ${audience} that is out dies, for whoever reads the revocation feed.`)
        const done = await apis.update(by, audience, {
          ...said,
          addScopes: options.addScope,
          ...(scopeWords && { scopeWords }),
        })
        if (!done.ok) throw done.error === 'not-found' ? apiUnknown(audience) : apiRefused(done.error)
        const { scopes, byRole } = done.value
        const text = [
          byRole
            ? `Roles decide who gets which scopes of ${audience}.`
            : `Roles do not decide over the scopes of ${audience}.`,
          `Scopes: ${scopes.join(' ') || 'none'}`,
          `hearthkey api show ${audience} says all of it.`,
        ]
        return { text: text.join('\n'), json: done.value }
      }),
    ),
  )
}

/** Whose membership ends is told by that name, which older tokens do not carry. */
const readsOrganisationOtherwise = ({ claimNames: now }: Api, { claimNames: change }: ApiFields): boolean =>
  change?.org_id !== undefined && (change.org_id ?? undefined) !== now.org_id

function addShow(command: Command, context: CliContext): void {
  command
    .command('show')
    .description('all that is known of an API, and where its back ends find its keys')
    .argument('<audience>', 'what its back end expects in `aud`')
    .action(
      context.answers((audience: string) =>
        withRegistry(context, 'api show', async ({ apis }) => {
          const api = await apis.find(audience)
          if (!api) throw apiUnknown(audience)
          return describeApi(api, context.config().server.issuerUrl)
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
