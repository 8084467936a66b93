import { Command, CommanderError } from 'commander'
import { AppError } from '../errors/app-error.ts'
import { ExitCode } from '../errors/exit-code.ts'
import type { CliContext } from './context.ts'
import { type Output, renderError, renderOutput } from './output.ts'
import { commandNames, loadCommand } from './registry.ts'

export interface Streams {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** Runs one command and answers its exit code; it never ends the process itself, so that a test can call it. */
export async function runCli(
  args: readonly string[],
  world: Omit<CliContext, 'answers'>,
  streams: Streams,
): Promise<ExitCode> {
  const json = args.includes('--json')
  let exit: ExitCode = ExitCode.ok
  const print = (output: Output | undefined) => {
    if (!output) return
    streams.stdout.write(renderOutput(output, json))
    exit = output.exit ?? ExitCode.ok
  }
  const context: CliContext = {
    ...world,
    answers:
      (action) =>
      async (...given) =>
        print(await action(...given)),
  }
  try {
    await (await buildProgram(args, context, streams)).parseAsync([...args], { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
    const rendered = renderError(error, json)
    streams.stderr.write(rendered.text)
    if (error instanceof AppError && error.cause)
      context.log.debug({ err: error.cause }, 'the cause of the error above')
    return rendered.exit
  }
}

async function buildProgram(args: readonly string[], context: CliContext, streams: Streams): Promise<Command> {
  const program = new Command('hearthkey').description('Hearthkey, a self-hosted OpenID Connect provider.')
  program.configureOutput({
    writeOut: (text) => streams.stdout.write(text),
    writeErr: (text) => streams.stderr.write(text),
  })
  const names = await commandNames()
  const wanted = args.find((arg) => !arg.startsWith('-')) ?? ''
  for (const name of names.includes(wanted) ? [wanted] : names) {
    const module = await loadCommand(name)
    module.build(program.command(name).description(module.summary), context)
  }
  for (const command of [program, ...descendants(program)])
    command.exitOverride().showHelpAfterError('Run it with --help for the usage.')
  for (const leaf of descendants(program))
    if (leaf.commands.length === 0) leaf.option('--json', 'print JSON, for programs')
  return program
}

const descendants = (command: Command): Command[] => command.commands.flatMap((child) => [child, ...descendants(child)])
