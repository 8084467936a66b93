import { type Command, InvalidArgumentError } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { defineId } from '../../lib/ids.ts'
import type { Result } from '../../lib/result.ts'
import { isMemberId } from '../../orgs/memberships/member-id.ts'
import type { MemberId, Membership } from '../../orgs/memberships/membership.ts'
import type { StandingRefusal } from '../../orgs/memberships/standing.ts'
import type { OrgId } from '../../orgs/org.ts'
import { organisationNamed } from '../access/find.ts'
import { type ProgramsAtWork, withPrograms } from '../api-key/with-programs.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'
import { describeMember, describeMembers, type NamedMember } from '../member/describe.ts'
import { memberNamed } from '../member/find.ts'
import { addInvitations, addInvite, addResend, addWithdraw, collect } from '../member/invitations.ts'
import { membershipRefused } from '../member/refusal.ts'
import { ofOrganisation } from '../org/named.ts'

export const command = defineCommand({
  summary: 'who works for an organisation, and as what',
  build: (command, context) => {
    addList(command, context)
    addAdd(command, context)
    addInvite(command, context)
    addInvitations(command, context)
    addResend(command, context)
    addWithdraw(command, context)
    addSetRoles(command, context)
    addSuspend(command, context)
    addReadmit(command, context)
    addRemove(command, context)
  },
})

const MEMBER = ['<member>', 'a person by id or e-mail address, or a service account by id'] as const
const userId = defineId('usr')

interface ListOptions {
  readonly org: string
  readonly limit: number
  readonly after?: MemberId
}

function addList(command: Command, context: CliContext): void {
  withLimit(ofOrganisation(command.command('list')))
    .description('everybody who works there, with their roles')
    .option('--after <id>', 'begin behind this one', toMemberId)
    .action(
      context.answers(({ org, limit, after }: ListOptions) =>
        withPrograms(context, 'member list', async (at) => {
          const { id } = await organisationNamed(at, org)
          const found = await at.orgs.memberships.list({ org: id, limit: limit + 1, ...(after && { after }) })
          const named: NamedMember[] = []
          for (const one of found.slice(0, limit)) {
            const { member } = one
            const person = userId.is(member) ? await at.people.users.find(member) : undefined
            const program = userId.is(member) ? undefined : await at.serviceAccounts.find(member)
            named.push({ ...one, email: person?.email, name: person?.name ?? program?.name })
          }
          return describeMembers(named, found.length > limit ? named.at(-1)?.member : undefined, org)
        }),
      ),
    )
}

interface AddOptions {
  readonly org: string
  readonly role: string[]
}

function addAdd(command: Command, context: CliContext): void {
  ofOrganisation(command.command('add'))
    .description('somebody who has an account, without asking them')
    .argument(...MEMBER)
    .option('--role <key>', 'what they are there; may be repeated', collect, [])
    .action(
      context.answers((who: string, { org, role }: AddOptions) =>
        withPrograms(context, 'member add', async (at) => {
          const { id } = await organisationNamed(at, org)
          const added = await at.orgs.memberships.add(at.by, instanceAuthority, id, await memberNamed(at, who), role)
          if (!added.ok) throw membershipRefused(added.error)
          return describeMember(`${who} is a member of ${org}.`, added.value)
        }),
      ),
    )
}

function addSetRoles(command: Command, context: CliContext): void {
  ofOrganisation(command.command('set-roles'))
    .description('exactly these roles from now on; none takes them all')
    .argument(...MEMBER)
    .argument('[role...]', 'keys of roles, as hearthkey role list shows them')
    .action(
      context.answers((who: string, roles: string[], { org }: { org: string }) =>
        withPrograms(context, 'member set-roles', async (at) => {
          const { id } = await organisationNamed(at, org)
          const { memberships } = at.orgs
          const done = await memberships.setRoles(at.by, instanceAuthority, id, await memberNamed(at, who), roles)
          if (!done.ok) throw membershipRefused(done.error)
          return describeMember(`${who} is ${roles.join(', ') || 'a member without a role'} in ${org}.`, done.value)
        }),
      ),
    )
}

type Act = (at: ProgramsAtWork, org: OrgId, member: MemberId) => Promise<Result<Membership, StandingRefusal>>

const act =
  (context: CliContext, name: string, state: string, work: Act) =>
  (who: string, { org }: { org: string }) =>
    withPrograms(context, `member ${name}`, async (at) => {
      const { id } = await organisationNamed(at, org)
      const member = await memberNamed(at, who)
      const done = await work(at, id, member)
      if (done.ok) return describeMember(`${who} is ${state} in ${org}.`, done.value)
      if (done.error !== 'already') throw membershipRefused(done.error)
      return { text: `${who} was ${state} in ${org} already.`, json: { membership: null } }
    })

function addSuspend(command: Command, context: CliContext): void {
  ofOrganisation(command.command('suspend'))
    .description('they get no token for it, until they are let in again')
    .argument(...MEMBER)
    .action(
      context.answers(
        act(context, 'suspend', 'suspended', ({ orgs, by }, org, member) =>
          orgs.memberships.suspend(by, instanceAuthority, org, member),
        ),
      ),
    )
}

function addReadmit(command: Command, context: CliContext): void {
  ofOrganisation(command.command('readmit'))
    .description('somebody suspended works there again, with the roles that they had')
    .argument(...MEMBER)
    .action(
      context.answers(
        act(context, 'readmit', 'active', ({ orgs, by }, org, member) =>
          orgs.memberships.readmit(by, instanceAuthority, org, member),
        ),
      ),
    )
}

function addRemove(command: Command, context: CliContext): void {
  ofOrganisation(command.command('remove'))
    .description('they work there no more; their account is untouched')
    .argument(...MEMBER)
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (who: string, options: { org: string; yes?: true }) => {
        if (!options.yes)
          await context.confirm(`${who} loses every role in ${options.org} at once, and comes back only with new ones.`)
        return act(context, 'remove', 'removed', ({ orgs, by }, org, member) =>
          orgs.memberships.remove(by, instanceAuthority, org, member),
        )(who, options)
      }),
    )
}

function toMemberId(text: string): MemberId {
  if (!isMemberId(text)) throw new InvalidArgumentError('Expected an id that starts with usr_ or sva_.')
  return text
}
