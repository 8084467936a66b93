import type { Command } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import type { CliContext } from '../context.ts'
import { facts } from './describe.ts'
import { webhookNotFound } from './refusal.ts'
import { endpointNamed, withWebhooks } from './with-webhooks.ts'

export function addStandingCommands(command: Command, context: CliContext): void {
  addDisable(command, context)
  addEnable(command, context)
  addRemove(command, context)
}

function addDisable(command: Command, context: CliContext): void {
  command
    .command('disable')
    .description('nothing is sent to it, and of what happens meanwhile it is not told')
    .argument('<webhook>', 'its id')
    .action(
      context.answers((id: string) =>
        withWebhooks(context, 'webhook disable', async (at) => {
          const done = await at.endpoints.disable(at.by, instanceAuthority, await endpointNamed(at, id))
          if (!done.ok && done.error === 'not-found') throw webhookNotFound(id)
          const text = `${id} ${done.ok ? 'is' : 'was'} disabled${done.ok ? '' : ' before'}.`
          return { text, json: done.ok ? facts(done.value) : { id, state: 'disabled' } }
        }),
      ),
    )
}

function addEnable(command: Command, context: CliContext): void {
  command
    .command('enable')
    .description('it is told of events again; what waited for it is sent')
    .argument('<webhook>', 'its id')
    .action(
      context.answers((id: string) =>
        withWebhooks(context, 'webhook enable', async (at) => {
          const done = await at.endpoints.enable(at.by, instanceAuthority, await endpointNamed(at, id))
          if (!done.ok && done.error === 'not-found') throw webhookNotFound(id)
          const text = done.ok ? `${id} is enabled; what waited for it is sent.` : `${id} was not disabled.`
          return { text, json: done.ok ? facts(done.value) : { id, state: 'active' } }
        }),
      ),
    )
}

function addRemove(command: Command, context: CliContext): void {
  command
    .command('remove')
    .description('for good: what waits for it is discarded; the log of what was sent stays for a while')
    .argument('<webhook>', 'its id')
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, { yes }: { readonly yes?: true }) => {
        if (!yes) await context.confirm(`${id} is told nothing any more, what waits for it included.`)
        return withWebhooks(context, 'webhook remove', async (at) => {
          const done = await at.endpoints.remove(at.by, instanceAuthority, await endpointNamed(at, id))
          if (!done.ok) throw webhookNotFound(id)
          return { text: `${id} is removed.`, json: { id, removed: true } }
        })
      }),
    )
}
