import { readdir } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { moduleFile, moduleFolder } from '../lib/program.ts'
import type { CommandModule } from './command.ts'

const directory = 'cli/commands'

/** Adding a command is adding a file. */
export async function commandNames(): Promise<string[]> {
  const files = await readdir(moduleFolder(directory))
  return files.flatMap((file) => /^([a-z][a-z-]*)\.[jt]s$/.exec(file)?.[1] ?? []).sort()
}

/** Only the command that runs is loaded: `healthcheck` must not pay for the server's modules. */
export async function loadCommand(name: string): Promise<CommandModule> {
  const module: unknown = await import(pathToFileURL(moduleFile(`${directory}/${name}`)).href)
  if (!isCommandFile(module)) throw new Error(`cli/commands/${name} exports no "command"`)
  return module.command
}

const isCommandFile = (module: unknown): module is { command: CommandModule } =>
  typeof module === 'object' && module !== null && 'command' in module
