import { type Command, InvalidArgumentError } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Invitation, type InvitationId, invitationId } from '../../orgs/invitations/invitation.ts'
import type { OrgId } from '../../orgs/org.ts'
import { organisationNamed } from '../access/find.ts'
import { type ProgramsAtWork, withPrograms } from '../api-key/with-programs.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'
import { ofOrganisation } from '../org/named.ts'
import { withOutbox } from '../outbox/with-outbox.ts'
import { describeInvitations, describeInvited, type Invited } from './describe.ts'
import { invitationRefused } from './refusal.ts'

export const collect = (value: string, before: string[]): string[] => [...before, value]

const MOST_AT_ONCE = 100

const isSent = (context: CliContext): boolean => context.config().mail.url !== undefined

/** Where there is no mail server the operator hands the letters over: the newest to each is the one just written. */
async function withLetters(context: CliContext, name: string, invited: readonly Omit<Invited, 'letter'>[]) {
  if (isSent(context))
    return describeInvited(
      invited.map((one) => ({ ...one, letter: undefined })),
      true,
    )
  return withOutbox(context, name, async ({ outbox }) => {
    const found: Invited[] = []
    for (const one of invited) {
      const address = one.invitation.email.toLowerCase()
      const [newest] = await outbox.list({ limit: 1, to: (to) => to.toLowerCase() === address })
      found.push({ ...one, letter: newest?.message === 'invitation' ? newest.id : undefined })
    }
    return describeInvited(found, false)
  })
}

async function withRoles(at: ProgramsAtWork, org: OrgId, invitations: readonly Invitation[]) {
  const known = await at.access.list(org)
  return invitations.map((invitation) => ({
    invitation,
    roleKeys: known.filter(({ id }) => invitation.roles.includes(id)).map(({ key }) => key),
  }))
}

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
      context.answers(async (addresses: string[], { org, role: roles, locale }: InviteOptions) => {
        const invited = await withPrograms(context, 'member invite', async (at) => {
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
          return withRoles(at, id, invited)
        })
        return withLetters(context, 'member invite', invited)
      }),
    )
}

/** Each is a change of its own: what was sent before the one that is wrong stays sent, and the error says so. */
function after(error: AppError, email: string, invited: readonly Invitation[]): AppError {
  const done = invited.length > 0 ? `\nInvited before it: ${invited.map((one) => one.email).join(', ')}.` : ''
  return new AppError(error.code, { detail: `${email}: ${error.detail ?? ''}${done}`, cure: error.cure })
}

export function addInvitations(command: Command, context: CliContext): void {
  withLimit(ofOrganisation(command.command('invitations')))
    .description('who is invited and has not answered')
    .option('--after <id>', 'begin behind this one', toInvitationId)
    .action(
      context.answers(({ org, limit, after }: { org: string; limit: number; after?: InvitationId }) =>
        withPrograms(context, 'member invitations', async (at) => {
          const { id } = await organisationNamed(at, org)
          const found = await at.orgs.invitations.list({ org: id, limit: limit + 1, ...(after && { after }) })
          return describeInvitations(found.slice(0, limit), found.length > limit)
        }),
      ),
    )
}

export function addResend(command: Command, context: CliContext): void {
  ofOrganisation(command.command('resend'))
    .description('another letter with another link; the one before opens nothing any more')
    .argument('<invitation>', 'its id', toInvitationId)
    .action(
      context.answers(async (invitation: InvitationId, { org }: { org: string }) => {
        const sent = await withPrograms(context, 'member resend', async (at) => {
          const { id } = await organisationNamed(at, org)
          const done = await at.orgs.invitations.resend(at.by, instanceAuthority, id, invitation)
          if (!done.ok) throw invitationRefused(done.error)
          return withRoles(at, id, [done.value])
        })
        return withLetters(context, 'member resend', sent)
      }),
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
