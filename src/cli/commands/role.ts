import { type Command, Option } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { OWN_API, type PermissionSet } from '../../access/permission.ts'
import { type Role, type RoleDemand, roleDemands } from '../../access/role.ts'
import { AppError } from '../../errors/app-error.ts'
import { apiNamed, organisationNamed } from '../access/find.ts'
import { type AccessAtWork, withAccess } from '../access/with-access.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { ofOrganisation } from '../org/named.ts'
import type { Output } from '../output.ts'
import { describeRole, describeRoles, notDeciding } from '../role/describe.ts'
import { roleRefusal } from '../role/refusal.ts'

export const command = defineCommand({
  summary: 'the roles that members of an organisation can have',
  build: (command, context) => {
    addList(command, context)
    addShow(command, context)
    addCreate(command, context)
    addUpdate(command, context)
    addRemove(command, context)
  },
})

interface OfOrganisation {
  readonly org: string
}

const MFA = 'what is asked of whoever acts with it'

const collect = (value: string, before: string[]): string[] => [...before, value]

function addList(command: Command, context: CliContext): void {
  ofOrganisation(command.command('list').description('the built-in ones and its own')).action(
    context.answers(({ org }: OfOrganisation) =>
      withAccess(context, 'role list', async (at) =>
        describeRoles(await at.access.list((await organisationNamed(at, org)).id), await at.apis.list()),
      ),
    ),
  )
}

function addShow(command: Command, context: CliContext): void {
  ofOrganisation(
    command.command('show').description('what one allows').argument('<key>', 'as hearthkey role list shows it'),
  ).action(
    context.answers((key: string, { org }: OfOrganisation) =>
      withAccess(context, 'role show', async (at) => {
        const role = (await at.access.list((await organisationNamed(at, org)).id)).find((one) => one.key === key)
        if (!role) throw roleRefusal(key, { reason: 'not-found' })
        return describeRole('', role, await at.apis.list())
      }),
    ),
  )
}

interface CreateOptions extends OfOrganisation {
  readonly name: string
  readonly description?: string
  readonly api?: string
  readonly allow: string[]
  readonly own: string[]
  readonly gives: string[]
  readonly apiOnly?: true
  readonly mfa?: RoleDemand
}

function addCreate(command: Command, context: CliContext): void {
  ofOrganisation(
    command.command('create').description('one of the organisation’s own').argument('<key>', 'what stands in tokens'),
  )
    .requiredOption('--name <name>', 'what people read')
    .option('--description <text>', 'what it is for')
    .option('--api <audience>', 'the API that --allow speaks of')
    .option('--allow <permission>', 'of that API; may be repeated', collect, [])
    .option('--own <permission>', 'what it may do here, like members.read; may be repeated', collect, [])
    .option('--gives <role>', 'a role that its bearers may give and take; may be repeated', collect, [])
    .option('--api-only', 'for programs: nobody signs in with it alone')
    .addOption(new Option('--mfa <rule>', MFA).choices(roleDemands))
    .action(
      context.answers((key: string, { org, name, description, api, allow, own, gives, apiOnly, mfa }: CreateOptions) =>
        withAccess(context, 'role create', async (at) => {
          const { id } = await organisationNamed(at, org)
          const made = await at.access.create(at.by, instanceAuthority, id, {
            key,
            name,
            permissions: await permissionsIn(at, { api, names: allow, own }),
            mayAssign: gives,
            apiOnly: apiOnly ?? false,
            ...(description !== undefined && { description }),
            ...(mfa !== undefined && { mfa }),
          })
          if (!made.ok) throw roleRefusal(key, made.error)
          return changedRole(at, `${key} is made. Give it with hearthkey member.`, made.value)
        }),
      ),
    )
}

interface UpdateOptions extends OfOrganisation {
  readonly name?: string
  readonly description?: string
  readonly api?: string
  readonly allow: string[]
  readonly deny: string[]
  readonly own: string[]
  readonly notOwn: string[]
  readonly gives: string[]
  readonly notGives: string[]
  readonly mfa?: RoleDemand | 'none'
}

function addUpdate(command: Command, context: CliContext): void {
  ofOrganisation(
    command
      .command('update')
      .description('change one of the organisation’s own')
      .argument('<key>', 'as hearthkey role list shows it'),
  )
    .option('--name <name>', 'what people read')
    .option('--description <text>', 'what it is for')
    .option('--api <audience>', 'the API that --allow and --deny speak of')
    .option('--allow <permission>', 'of that API, from now on; may be repeated', collect, [])
    .option('--deny <permission>', 'of that API, not any more; may be repeated', collect, [])
    .option('--own <permission>', 'may do this here from now on; may be repeated', collect, [])
    .option('--not-own <permission>', 'may not do this here any more; may be repeated', collect, [])
    .option('--gives <role>', 'its bearers may give and take it; may be repeated', collect, [])
    .option('--not-gives <role>', 'not any more; may be repeated', collect, [])
    .addOption(new Option('--mfa <rule>', `${MFA}; none: nothing`).choices([...roleDemands, 'none']))
    .action(
      context.answers((key: string, options: UpdateOptions) =>
        withAccess(context, 'role update', async (at) => {
          const { org, name, description, api, allow, deny, own, notOwn, gives, notGives, mfa } = options
          const { id } = await organisationNamed(at, org)
          const done = await at.access.update(at.by, instanceAuthority, id, key, {
            allow: await permissionsIn(at, { api, names: allow, own }),
            deny: await permissionsIn(at, { api, names: deny, own: notOwn }),
            mayAssign: gives,
            mayNotAssign: notGives,
            ...(name !== undefined && { name }),
            ...(description !== undefined && { description }),
            ...(mfa !== undefined && { mfa: mfa === 'none' ? null : mfa }),
          })
          if (!done.ok) throw roleRefusal(key, done.error)
          return changedRole(at, `${key} is changed.`, done.value)
        }),
      ),
    )
}

async function changedRole({ apis }: AccessAtWork, lead: string, role: Role): Promise<Output> {
  const all = await apis.list()
  return describeRole([lead, ...notDeciding(role, all)].join('\n'), role, all)
}

interface Wanted {
  readonly api: string | undefined
  readonly names: readonly string[]
  readonly own: readonly string[]
}

async function permissionsIn(at: AccessAtWork, { api, names, own }: Wanted): Promise<PermissionSet> {
  if (names.length === 0) return { [OWN_API]: own }
  if (api !== undefined) return { [(await apiNamed(at, api)).id]: names, [OWN_API]: own }
  throw new AppError('usage-error', {
    detail: 'A permission belongs to an API, and none is named.',
    cure: 'Add --api <audience>; for what can be done here, --own.',
  })
}

function addRemove(command: Command, context: CliContext): void {
  ofOrganisation(
    command
      .command('remove')
      .description('one that nobody has any more')
      .argument('<key>', 'as hearthkey role list shows it'),
  )
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (key: string, { org, yes }: OfOrganisation & { yes?: true }) => {
        if (!yes) await context.confirm(`The role ${key} cannot be brought back.`)
        return withAccess(context, 'role remove', async (at) => {
          const { id } = await organisationNamed(at, org)
          const done = await at.access.remove(at.by, instanceAuthority, id, key)
          if (!done.ok) throw roleRefusal(key, done.error)
          return { text: `${key} is removed.`, json: { removed: { id: done.value.id, key } } }
        })
      }),
    )
}
