import { type Command, InvalidArgumentError, Option } from 'commander'
import { type BuildCommandOptions, build } from '../breach-list/build.ts'
import { check } from '../breach-list/check.ts'
import { info } from '../breach-list/info.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'

export const command = defineCommand({
  summary: 'the offline list of breached passwords',
  build: (command, context) => {
    addBuild(command, context)
    addCheck(command, context)
    addInfo(command, context)
  },
})

function addBuild(command: Command, context: CliContext): void {
  command
    .command('build')
    .description(
      'make a filter of a downloaded list: lines of SHA-1 and count, as Have I Been Pwned gives them (.gz too)',
    )
    .argument('<file>', 'the list')
    .requiredOption('--out <filter>', 'the filter to write: 2.5 bytes for each entry, there whole or not at all')
    .option('--plain', 'the list holds the passwords themselves, one a line')
    .addOption(
      new Option('--min-count <number>', 'leave out what was seen less often')
        .argParser(toCount)
        .default(1)
        .conflicts('plain'),
    )
    .option('--skip-bad', 'leave out malformed lines and count them, instead of stopping at the first')
    .option('--force', 'replace the filter that is there')
    .action(context.answers((list: string, options: BuildCommandOptions) => build(context, list, options)))
}

function addCheck(command: Command, context: CliContext): void {
  command
    .command('check')
    .description('ask for a password, or read it from standard input, and say whether it is known')
    .option('--filter <path>', 'another filter than the configured one')
    .addHelpText('after', '\nExit code 0: unknown. 1: known.')
    .action(context.answers((options: { filter?: string }) => check(context, options)))
}

function addInfo(command: Command, context: CliContext): void {
  command
    .command('info')
    .description('what a filter holds, and whether it is whole')
    .argument('<filter>')
    .option('--verify', 'read all of it and compare its checksum')
    .action(context.answers((path: string, options: { verify?: true }) => info(context, path, options)))
}

function toCount(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.')
  return Number(text)
}
