import type { Command } from 'commander'
import type { CliContext } from './context.ts'

/**
 * One file in `commands/` is one command: the file's name is its name, and nothing else has to be told of it. `build`
 * adds arguments, options, sub-commands and actions to a commander command.
 */
export interface CommandModule {
  readonly summary: string
  build(command: Command, context: CliContext): void
}

export const defineCommand = (module: CommandModule): CommandModule => module
