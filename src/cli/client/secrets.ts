import { type Command, Option } from 'commander'
import { counting } from '../../oidc/clients/secrets.ts'
import { toDuration } from '../api-key/wanted.ts'
import type { CliContext } from '../context.ts'
import { describeSecret } from './describe.ts'
import { clientNotFound, clientRefused } from './refusal.ts'
import { withRegistry } from './with-registry.ts'

const KEEP = 'The secret is shown this once: keep it now.'
const DAY = 86_400_000

export function addSecretCommands(command: Command, context: CliContext): void {
  addList(command, context)
  addAdd(command, context)
  addRemove(command, context)
  addRotate(command, context)
}

function addList(command: Command, context: CliContext): void {
  command
    .command('secrets')
    .description('the secrets of an application: when they were made, until when they count, and how they end')
    .argument('<id>', 'its client id')
    .action(
      context.answers((id: string) =>
        withRegistry(context, 'client secrets', async ({ clients }) => {
          const client = await clients.find(id)
          if (!client) throw clientNotFound(id)
          const now = context.clock.now()
          const lines = client.secrets.map((secret) => describeSecret(secret, now))
          return {
            text: lines.join('\n') || `${id} has no secret.`,
            json: { clientId: id, secrets: client.secrets.map(({ hash: _, ...secret }) => secret) },
          }
        }),
      ),
    )
}

function addAdd(command: Command, context: CliContext): void {
  command
    .command('add-secret')
    .description('one more secret beside those that count; it is shown once')
    .argument('<id>', 'its client id')
    .option(
      '--expires <duration>',
      'it counts for this long, such as 90d; left out: until it is taken away',
      toDuration,
    )
    .action(
      context.answers((id: string, { expires }: { readonly expires?: number }) =>
        withRegistry(context, 'client add-secret', async ({ clients }, by) => {
          const until = expires === undefined ? {} : { expiresAt: new Date(context.clock.now().getTime() + expires) }
          const done = await clients.addSecret(by, id, until)
          if (!done.ok) throw clientRefused(id, done.error)
          const { id: secretId, secret, expiresAt } = done.value
          const counts = expiresAt ? [`It counts until ${expiresAt.toISOString()}.`] : []
          return {
            text: [`secret id      ${secretId}`, `client secret  ${secret.reveal()}`, '', ...counts, KEEP].join('\n'),
            json: { clientId: id, secretId, clientSecret: secret.reveal(), expiresAt },
          }
        }),
      ),
    )
}

function addRemove(command: Command, context: CliContext): void {
  command
    .command('remove-secret')
    .description('a secret is refused from that moment on')
    .argument('<id>', 'its client id')
    .argument('<secret-id>', 'csec_…, as hearthkey client secrets shows it')
    .option('--yes', 'do not ask')
    .option('--even-the-last', 'also where the application is left without any')
    .action(
      context.answers((id: string, secretId: string, options: { readonly yes?: true; readonly evenTheLast?: true }) =>
        withRegistry(context, 'client remove-secret', async ({ clients }, by) => {
          const client = await clients.find(id)
          if (!client) throw clientNotFound(id)
          if (!client.secrets.some((one) => one.id === secretId))
            throw clientRefused(id, { reason: 'no-such-secret', value: secretId })
          const others = counting(client, context.clock.now()).filter((one) => one.id !== secretId).length
          if (others === 0 && !options.evenTheLast) throw clientRefused(id, { reason: 'last-secret' })
          if (!options.yes)
            await context.confirm(
              others === 0
                ? `It is the last secret of ${id}: the application gets no token any more.`
                : `Whatever still uses ${secretId} of ${id} is refused at once.`,
            )
          const evenTheLast = options.evenTheLast === true
          const done = await clients.removeSecret(by, id, secretId, { evenTheLast })
          if (!done.ok) throw clientRefused(id, done.error)
          const { left } = done.value
          const text = `${secretId} is refused from now on; ${left === 1 ? '1 secret counts' : `${left} secrets count`}.`
          return { text, json: { clientId: id, secretId, left } }
        }),
      ),
    )
}

function addRotate(command: Command, context: CliContext): void {
  command
    .command('rotate-secret')
    .description('a new secret; those before count for a while, so that nothing stops')
    .argument('<id>', 'its client id')
    .addOption(
      new Option('--overlap <duration>', 'how long those before still count; 0: they are refused at once')
        .argParser(toOverlap)
        .default(DAY, '24h'),
    )
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, { overlap, yes }: { readonly overlap: number; readonly yes?: true }) => {
        if (!yes && overlap === 0)
          await context.confirm(
            `The present secrets of ${id} are refused at once: the application stops until it has the new one.`,
          )
        return withRegistry(context, 'client rotate-secret', async ({ clients }, by) => {
          const done = await clients.rotateSecret(by, id, { overlap })
          if (!done.ok) throw clientRefused(id, done.error)
          const { id: secretId, secret, until } = done.value
          const before = until ? `Those before count until ${until.toISOString()}.` : 'Those before are refused now.'
          return {
            text: [`client secret  ${secret.reveal()}`, '', before, KEEP].join('\n'),
            json: { clientId: id, secretId, clientSecret: secret.reveal(), until },
          }
        })
      }),
    )
}

const toOverlap = (text: string): number => (text === '0' ? 0 : toDuration(text))
