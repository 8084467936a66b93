import { type Command, Option } from 'commander'
import { AppError } from '../../errors/app-error.ts'
import { counts, type RegistrationToken } from '../../oidc/registration/token.ts'
import { toCount, toLifetime } from '../api-key/wanted.ts'
import type { CliContext } from '../context.ts'
import { clientNotFound } from './refusal.ts'
import { withRegistry } from './with-registry.ts'

const DAY = 86_400_000
const MOST_LISTED = 1000

export function addRegistrationTokenCommands(command: Command, context: CliContext): void {
  const tokens = command
    .command('registration-token')
    .description('with what an application may register itself (clients.dynamicRegistration: token)')
  addCreate(tokens, context)
  addList(tokens, context)
  addRevoke(tokens, context)
  addRenew(tokens, context)
}

interface CreateOptions {
  readonly name: string
  readonly uses: number
  readonly unlimited?: true
  readonly expires: number | 'never'
  readonly programs?: true
}

function addCreate(command: Command, context: CliContext): void {
  command
    .command('create')
    .description('a new token; it is shown once')
    .requiredOption('--name <name>', 'for whom it is, for your own list')
    .option('--uses <number>', 'how many applications it registers', toCount, 1)
    // Of two limits that contradict one another none is the one that was meant.
    .addOption(new Option('--unlimited', 'as many as they like').conflicts('uses'))
    .addOption(
      new Option('--expires <duration>', 'it counts for this long; or never')
        .argParser(toLifetime)
        .default(7 * DAY, '7d'),
    )
    .option('--programs', 'also for what speaks for itself (client_credentials), with nobody who signs in')
    .action(
      context.answers(({ name, uses, unlimited, expires, programs }: CreateOptions) =>
        withRegistry(context, 'client registration-token create', async ({ registrationTokens }, by) => {
          const expiresAt = expires === 'never' ? null : new Date(context.clock.now().getTime() + expires)
          const made = await registrationTokens.create(by, {
            name,
            expiresAt,
            uses: unlimited ? null : uses,
            allowsPrograms: programs === true,
          })
          if (!made.ok)
            throw new AppError('usage-error', { detail: 'Give a name of at most 100 characters, and a time to come.' })
          const { token, secret } = made.value
          const hints =
            context.config().clients.dynamicRegistration === 'off'
              ? ['It opens nothing yet: clients.dynamicRegistration is off.']
              : []
          return {
            text: [
              `token id  ${token.id}`,
              `token     ${secret.reveal()}`,
              '',
              ...hints,
              'The token is shown this once: keep it now.',
            ].join('\n'),
            json: { ...token, token: secret.reveal() },
          }
        }),
      ),
    )
}

function describe(token: RegistrationToken, now: Date): string {
  const { id, name, expiresAt, usesLeft, allowsPrograms, revokedAt } = token
  const state = revokedAt ? 'revoked' : counts(token, now) ? 'counts' : usesLeft === 0 ? 'used up' : 'expired'
  const left = usesLeft === null ? 'any number of uses' : `uses left: ${usesLeft}`
  const until = expiresAt ? `until ${expiresAt.toISOString()}` : 'without an end'
  return [id, state, left, until, ...(allowsPrograms ? ['programs too'] : []), name].join('  ')
}

function addList(command: Command, context: CliContext): void {
  command
    .command('list')
    .description('the tokens there are, newest first: how often and until when each counts')
    .action(
      context.answers(() =>
        withRegistry(context, 'client registration-token list', async ({ registrationTokens }) => {
          const tokens = await registrationTokens.list(MOST_LISTED)
          const now = context.clock.now()
          return {
            text: tokens.map((token) => describe(token, now)).join('\n') || 'There is no registration token.',
            json: { tokens },
          }
        }),
      ),
    )
}

function addRevoke(command: Command, context: CliContext): void {
  command
    .command('revoke')
    .description('a token registers nothing from that moment on; what it has registered stays')
    .argument('<token-id>', 'rgt_…, as hearthkey client registration-token list shows it')
    .action(
      context.answers((id: string) =>
        withRegistry(context, 'client registration-token revoke', async ({ registrationTokens }, by) => {
          const done = await registrationTokens.revoke(by, id)
          if (!done.ok)
            throw new AppError('usage-error', { detail: `There is no registration token ${id} that still counts.` })
          return { text: `${id} registers nothing any more.`, json: { id, revoked: true } }
        }),
      ),
    )
}

function addRenew(command: Command, context: CliContext): void {
  command
    .command('renew')
    .description('for an application that registered itself and lost the token of its entry: another one, shown once')
    .argument('<client-id>', 'its client id')
    .option('--yes', 'do not ask')
    .action(
      context.answers((id: string, { yes }: { readonly yes?: true }) =>
        withRegistry(context, 'client registration-token renew', async ({ clients, registrationTokens }, by) => {
          if (!(await clients.find(id))) throw clientNotFound(id)
          if (!yes) await context.confirm(`The token by which ${id} changes its entry at present is refused at once.`)
          const done = await registrationTokens.renewOf(by, id)
          if (!done.ok) throw done.error === 'not-found' ? clientNotFound(id) : hasNoEntry(id)
          const token = done.value.reveal()
          return {
            text: [`token  ${token}`, '', 'The token is shown this once: keep it now.'].join('\n'),
            json: { clientId: id, registrationToken: token },
          }
        }),
      ),
    )
}

const hasNoEntry = (id: string): AppError =>
  new AppError('client-invalid', {
    detail: `${id} has not registered itself, or has become yours since: it looks after no entry of its own.`,
    cure: `Change it yourself: hearthkey client update ${id} --help.`,
  })
