import type { Command } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { AppError } from '../../errors/app-error.ts'
import type { CliContext } from '../context.ts'
import { describeSecret, facts } from './describe.ts'
import { ownSecret, toOverlap, withOwnSecret } from './options.ts'
import { endpointRefused, webhookNotFound } from './refusal.ts'
import { endpointNamed, withWebhooks } from './with-webhooks.ts'

export function addSecretCommands(command: Command, context: CliContext): void {
  addRotate(command, context)
  addRemove(command, context)
}

interface RotateOptions {
  readonly overlap?: number
  readonly ownSecret?: true
  readonly yes?: true
}

function addRotate(command: Command, context: CliContext): void {
  withOwnSecret(command.command('rotate-secret'))
    .description('a new secret, shown once; messages are signed with the former one as well for a while')
    .argument('<webhook>', 'its id')
    .option('--overlap <duration>', 'how long both sign; 0: the former one ends at once', toOverlap)
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, { overlap, ownSecret: own, yes }: RotateOptions) => {
        const secret = await ownSecret(context, own)
        if (!yes && (overlap ?? context.config().webhooks.overlap) === 0)
          await context.confirm(`The receiver of ${id} refuses every message until it has the new secret.`)
        return withWebhooks(context, 'webhook rotate-secret', async (at) => {
          const place = await endpointNamed(at, id)
          const rotated = await at.endpoints.rotateSecret(at.by, instanceAuthority, place, { overlap, secret })
          if (!rotated.ok) throw endpointRefused(rotated.error, id)
          const { endpoint, formerEndsAt } = rotated.value
          return describeSecret({
            endpoint,
            secret: secret ? undefined : rotated.value.secret.reveal(),
            said: [
              formerEndsAt
                ? `Until ${formerEndsAt.toISOString()} messages to ${id} are signed with the former secret as well.`
                : `Messages to ${id} are signed with the new secret alone.`,
            ],
            also: { formerSecretEndsAt: formerEndsAt },
          })
        })
      }),
    )
}

function addRemove(command: Command, context: CliContext): void {
  command
    .command('remove-secret')
    .description('the former secret signs nothing any more, before its time')
    .argument('<webhook>', 'its id')
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, { yes }: { readonly yes?: true }) => {
        if (!yes) await context.confirm(`A receiver of ${id} that has the former secret alone refuses every message.`)
        return withWebhooks(context, 'webhook remove-secret', async (at) => {
          const removed = await at.endpoints.removeFormerSecret(at.by, instanceAuthority, await endpointNamed(at, id))
          if (removed.ok)
            return { text: `Messages to ${id} are signed with the new secret alone.`, json: facts(removed.value) }
          if (removed.error === 'not-found') throw webhookNotFound(id)
          throw new AppError('webhook-refused', {
            detail: 'It has one secret alone, and cannot be without.',
            cure: 'hearthkey webhook rotate-secret makes a new one.',
          })
        })
      }),
    )
}
