import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { install, remove } from './install.ts'
import { status } from './status.ts'

/** For whoever runs an instance: beside a running server, or without one. */
export function addHolderCommands(command: Command, context: CliContext): void {
  command
    .command('install')
    .description('install a licence, or the list of what its vendor has revoked')
    .argument('<file>')
    .addHelpText('after', '\nExit code 65: it does not count here; what was installed before is untouched.')
    .action(context.answers((file: string) => install(context, file)))

  command
    .command('status')
    .description('what this instance is licensed for, and how much of it is used')
    .addHelpText('after', '\nExit code 0: all is well. 1: somebody should look after it.')
    .action(context.answers(() => status(context)))

  command
    .command('remove')
    .description('remove the licence that is installed')
    .option('--yes', 'do not ask')
    .action(context.answers((options: { yes?: true }) => remove(context, options)))
}
