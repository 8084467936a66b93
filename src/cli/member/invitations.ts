import { type Command, InvalidArgumentError } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Invitation, type InvitationId, invitationId } from '../../orgs/invitations/invitation.ts'
import { organisationNamed } from '../access/find.ts'
import { withPrograms } from '../api-key/with-programs.ts'
import type { CliContext } from '../context.ts'
import { describeInvitations, describeInvited } from './describe.ts'
import { invitationRefused } from './refusal.ts'

export const ofOrganisation = (command: Command): Command =>
  command.requiredOption('--org <organisation>', 'its id or its slug')

export const collect = (value: string, before: string[]): string[] => [...before, value]

const MOST_AT_ONCE = 100
const MOST_LISTED = 1000

/** Where there is no mail server the operator hands the letters over. */
const hintOf = (context: CliContext): string | undefined =>
  context.config().mail.url === undefined
    ? 'No mail server is configured: the letters wait in the outbox. hearthkey outbox list shows them.'
    : undefined

interface InviteOptions {
  readonly org: string
  readonly role: string[]
  readonly locale?: string
}

export function addInvite(command: Command, context: CliContext): void {
  ofOrganisation(command.command('invite'))
    .description('a letter with a link to each address; it says nothing of who has an account')
    .argument('<address...>', `at most ${MOST_AT_ONCE}`)
    .option('--role <key>', 'what they will be there; may be repeated', collect, [])
    .option('--locale <language>', 'of the letter to whoever has chosen none, like de')
    .action(
      context.answers((addresses: string[], { org, role: roles, locale }: InviteOptions) =>
        withPrograms(context, 'member invite', async (at) => {
          if (addresses.length > MOST_AT_ONCE)
            throw new AppError('usage-error', { detail: `At most ${MOST_AT_ONCE} addresses at once.` })
          const { id } = await organisationNamed(at, org)
          const invited: Invitation[] = []
          for (const email of addresses) {
            const invitation = { email, roles, ...(locale !== undefined && { locale }) }
            const done = await at.orgs.invitations.invite(at.by, instanceAuthority, id, invitation)
            if (done.ok) invited.push(done.value)
            else throw after(invitationRefused(done.error), email, invited)
          }
          return describeInvited(invited, hintOf(context))
        }),
      ),
    )
}

/** Each is a change of its own: what was sent before the one that is wrong stays sent, and the error says so. */
function after(error: AppError, email: string, invited: readonly Invitation[]): AppError {
  const done = invited.length > 0 ? `\nInvited before it: ${invited.map((one) => one.email).join(', ')}.` : ''
  return new AppError(error.code, { detail: `${email}: ${error.detail ?? ''}${done}`, cure: error.cure })
}

export function addInvitations(command: Command, context: CliContext): void {
  ofOrganisation(command.command('invitations'))
    .description('who is invited and has not answered')
    .action(
      context.answers(({ org }: { org: string }) =>
        withPrograms(context, 'member invitations', async (at) => {
          const { id } = await organisationNamed(at, org)
          return describeInvitations(await at.orgs.invitations.list({ org: id, limit: MOST_LISTED }))
        }),
      ),
    )
}

export function addResend(command: Command, context: CliContext): void {
  ofOrganisation(command.command('resend'))
    .description('another letter with another link; the one before opens nothing any more')
    .argument('<invitation>', 'its id', toInvitationId)
    .action(
      context.answers((invitation: InvitationId, { org }: { org: string }) =>
        withPrograms(context, 'member resend', async (at) => {
          const { id } = await organisationNamed(at, org)
          const done = await at.orgs.invitations.resend(at.by, instanceAuthority, id, invitation)
          if (!done.ok) throw invitationRefused(done.error)
          return describeInvited([done.value], hintOf(context))
        }),
      ),
    )
}

export function addWithdraw(command: Command, context: CliContext): void {
  ofOrganisation(command.command('withdraw'))
    .description('the invitation opens nothing any more')
    .argument('<invitation>', 'its id', toInvitationId)
    .action(
      context.answers((invitation: InvitationId, { org }: { org: string }) =>
        withPrograms(context, 'member withdraw', async (at) => {
          const { id } = await organisationNamed(at, org)
          const done = await at.orgs.invitations.withdraw(at.by, instanceAuthority, id, invitation)
          if (!done.ok) throw invitationRefused(done.error)
          return { text: `${done.value.email} is not invited any more.`, json: { withdrawn: done.value.id } }
        }),
      ),
    )
}

function toInvitationId(text: string): InvitationId {
  if (!invitationId.is(text)) throw new InvalidArgumentError('Expected an id that starts with inv_.')
  return text
}
