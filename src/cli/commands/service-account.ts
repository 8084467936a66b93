import type { Command } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import type { AccountPlace } from '../../service-accounts/service.ts'
import type { ServiceAccount, ServiceAccountId } from '../../service-accounts/service-account.ts'
import { serviceAccountId } from '../../service-accounts/service-account.ts'
import { organisationNamed } from '../access/find.ts'
import { type ProgramsAtWork, withPrograms } from '../api-key/with-programs.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'
import { maybeOfOrganisation, ofOrganisation } from '../org/named.ts'
import type { Output } from '../output.ts'
import { accountNotFound, accountRefused, linkRefused } from '../service-account/refusal.ts'
import { table } from '../table.ts'

export const command = defineCommand({
  summary: 'programs that work for an organisation',
  build: (command, context) => {
    addCreate(command, context)
    addList(command, context)
    addRoles(command, context)
    addLink(command, context)
    addUnlink(command, context)
    addDisable(command, context)
    addEnable(command, context)
    addRemove(command, context)
  },
})

const collect = (value: string, before: string[]): string[] => [...before, value]
const describe = (text: string, account: ServiceAccount): Output => ({ text, json: { serviceAccount: account } })

interface CreateOptions {
  readonly org: string
  readonly name: string
  readonly description?: string
  readonly role: string[]
}

function addCreate(command: Command, context: CliContext): void {
  ofOrganisation(command.command('create'))
    .description('a new program, with roles; it signs in nowhere')
    .requiredOption('--name <name>', 'what it is called')
    .option('--description <text>', 'what it does')
    .option('--role <role>', 'what it may do; may be repeated', collect, [])
    .action(
      context.answers(({ org, name, description, role }: CreateOptions) =>
        withPrograms(context, 'service-account create', async (at) => {
          const organisation = (await organisationNamed(at, org)).id
          const made = await at.serviceAccounts.create(at.by, instanceAuthority, {
            organisation,
            name,
            roles: role,
            ...(description !== undefined && { description }),
          })
          if (!made.ok) throw accountRefused(made.error)
          const { id } = made.value
          const ways = [
            `hearthkey api-key create --org ${org} --owner ${id} --name <name> --level write`,
            `hearthkey service-account link ${id} <client>`,
          ]
          return describe([`${id} ${name} is created. It gets in with one of these:`, ...ways].join('\n'), made.value)
        }),
      ),
    )
}

interface ListedAccount extends ServiceAccount {
  readonly roles: readonly string[]
  /** That acts as this account. */
  readonly client: string | null
}

function addList(command: Command, context: CliContext): void {
  withLimit(ofOrganisation(command.command('list')))
    .description('those that the organisation looks after')
    .option('--after <id>', 'begin behind this one')
    .action(
      context.answers(({ org, limit, after }: { org: string; limit: number; after?: string }) =>
        withPrograms(context, 'service-account list', async (at) => {
          const organisation = (await organisationNamed(at, org)).id
          const found = await at.serviceAccounts.list({
            organisation,
            limit: limit + 1,
            ...(after !== undefined && { after: accountId(after) }),
          })
          const accounts: ListedAccount[] = []
          for (const account of found.slice(0, limit)) {
            const roles = (await at.orgs.memberships.find(organisation, account.id))?.roleKeys ?? []
            accounts.push({ ...account, roles, client: (await at.clients.ofAccount(account.id)) ?? null })
          }
          const next = found.length > limit ? accounts.at(-1)?.id : undefined
          const rows = accounts.map(({ id, status, name, description, roles, client }) => [
            ...[id, status, name, roles.join(', ')],
            ...[client ?? '', description],
          ])
          return {
            text: [
              rows.length === 0
                ? 'There are no service accounts.'
                : table(['ID', 'STATE', 'NAME', 'ROLES', 'CLIENT', 'DESCRIPTION'], rows),
              ...(next ? ['', `There are more: add --after ${next}`] : []),
            ].join('\n'),
            json: { serviceAccounts: accounts, next: next ?? null },
          }
        }),
      ),
    )
}

function addRoles(command: Command, context: CliContext): void {
  ofOrganisation(command.command('roles'))
    .description('exactly these roles from now on')
    .argument('<account>', 'its id')
    .argument('<roles...>', 'keys of roles, as hearthkey role list shows them')
    .action(
      context.answers((id: string, roles: string[], { org }: { org: string }) =>
        withPrograms(context, 'service-account roles', async (at) => {
          const organisation = (await organisationNamed(at, org)).id
          const done = await at.orgs.memberships.setRoles(at.by, instanceAuthority, organisation, accountId(id), roles)
          if (!done.ok) throw done.error === 'no-member' ? accountNotFound(id) : accountRefused(done.error)
          return { text: `${id} has the roles ${roles.join(', ')}.`, json: { id, roles } }
        }),
      ),
    )
}

function addLink(command: Command, context: CliContext): void {
  command
    .command('link')
    .description('a client that asks with its own credentials acts as this program')
    .argument('<account>', 'its id')
    .argument('<client>', 'the id of the client')
    .action(
      context.answers((id: string, client: string) =>
        withPrograms(context, 'service-account link', async (at) => {
          const account = await at.serviceAccounts.find(accountId(id))
          if (!account) throw accountNotFound(id)
          const done = await at.clients.actAs(at.by, client, account.id)
          if (!done.ok) throw linkRefused(done.error.reason, client)
          return { text: `${client} acts as ${account.name}.`, json: { client, serviceAccount: account.id } }
        }),
      ),
    )
}

function addUnlink(command: Command, context: CliContext): void {
  command
    .command('unlink')
    .description('the client speaks for itself again')
    .argument('<client>', 'the id of the client')
    .action(
      context.answers((client: string) =>
        withPrograms(context, 'service-account unlink', async (at) => {
          const before = await at.clients.find(client)
          if (!before?.serviceAccount)
            throw before ? linkRefused('not-linked', client) : linkRefused('not-found', client)
          const done = await at.clients.actAs(at.by, client, null)
          if (!done.ok) throw linkRefused(done.error.reason, client)
          return {
            text: `${client} speaks for itself again; what was issued to it is announced as dead.`,
            json: { client, serviceAccount: null },
          }
        }),
      ),
    )
}

const change =
  (name: 'disable' | 'enable' | 'remove', says: string) =>
  async (at: ProgramsAtWork, id: string, org: string | undefined): Promise<Output> => {
    const done = await at.serviceAccounts[name](at.by, instanceAuthority, await placeOf(at, id, org))
    if (done.ok) return { text: `${done.value.name} ${says}.`, json: { id, done: true } }
    if (done.error === 'already') return { text: `${id} was so already.`, json: { id, done: false } }
    throw done.error === 'not-found' ? accountNotFound(id) : accountRefused(done.error)
  }

async function placeOf(at: ProgramsAtWork, which: string, org: string | undefined): Promise<AccountPlace> {
  const id = accountId(which)
  if (org !== undefined) return { organisation: (await organisationNamed(at, org)).id, id }
  const account = await at.serviceAccounts.find(id)
  if (!account) throw accountNotFound(id)
  return { organisation: account.organisation, id }
}

interface ChangeOptions {
  readonly org?: string
  readonly yes?: true
}

function addDisable(command: Command, context: CliContext): void {
  maybeOfOrganisation(command.command('disable'))
    .description('it gets nothing any more, until it is enabled again')
    .argument('<account>', 'its id')
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, { org, yes }: ChangeOptions) => {
        if (!yes) await context.confirm(`${id} is refused from its next request on, until it is enabled again.`)
        return withPrograms(context, 'service-account disable', (at) => change('disable', 'is disabled')(at, id, org))
      }),
    )
}

function addEnable(command: Command, context: CliContext): void {
  maybeOfOrganisation(command.command('enable'))
    .description('it may work again')
    .argument('<account>', 'its id')
    .action(
      context.answers((id: string, { org }: ChangeOptions) =>
        withPrograms(context, 'service-account enable', (at) => change('enable', 'is enabled')(at, id, org)),
      ),
    )
}

function addRemove(command: Command, context: CliContext): void {
  maybeOfOrganisation(command.command('remove'))
    .description('for good, with its keys')
    .argument('<account>', 'its id')
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, { org, yes }: ChangeOptions) => {
        if (!yes) await context.confirm(`${id} and its keys are removed for good: what uses them stops.`)
        return withPrograms(context, 'service-account remove', (at) => change('remove', 'is removed')(at, id, org))
      }),
    )
}

function accountId(text: string): ServiceAccountId {
  if (!serviceAccountId.is(text)) throw accountNotFound(text)
  return text
}
