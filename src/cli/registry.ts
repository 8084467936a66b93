import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandModule } from './command.ts'

const directory = join(import.meta.dirname, 'commands')

/** Adding a command is adding a file. */
export async function commandNames(): Promise<string[]> {
  const files = await readdir(directory)
  return files.flatMap((file) => /^([a-z][a-z-]*)\.[jt]s$/.exec(file)?.[1] ?? []).sort()
}

/** Only the command that runs is loaded: `healthcheck` must not pay for the server's modules. */
export async function loadCommand(name: string): Promise<CommandModule> {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  const module: unknown = await import(join(directory, `${name}.${extension}`))
  if (!isCommandFile(module)) throw new Error(`cli/commands/${name} exports no "command"`)
  return module.command
}

const isCommandFile = (module: unknown): module is { command: CommandModule } =>
  typeof module === 'object' && module !== null && 'command' in module
