import { Command, CommanderError, Help, type Option } from 'commander'
import { AppError } from '../errors/app-error.ts'
import { ExitCode } from '../errors/exit-code.ts'
import type { CliContext } from './context.ts'
import { type Output, renderError, renderOutput } from './output.ts'
import type { ProgressStream } from './progress.ts'
import { commandNames, loadCommand } from './registry.ts'
import { packageVersion } from './version.ts'

/** `done` is called when it was taken, with what went wrong where it was not. */
interface StandardOutput {
  write(text: string | Uint8Array, done?: (error?: Error | null) => void): unknown
}

export interface Streams {
  readonly stdout: StandardOutput
  readonly stderr: ProgressStream
}

/** Runs one command and answers its exit code; it never ends the process itself, so that a test can call it. */
export async function runCli(
  args: readonly string[],
  world: Omit<CliContext, 'answers' | 'stderr' | 'stdout'>,
  streams: Streams,
): Promise<ExitCode> {
  const json = args.includes('--json')
  let exit: ExitCode = ExitCode.ok
  const print = (output: Output | undefined) => {
    if (!output) return
    streams.stdout.write(renderOutput(output, json))
    if (output.aside !== undefined && !json) streams.stderr.write(`${output.aside.trimEnd()}\n`)
    exit = output.exit ?? ExitCode.ok
  }
  const context: CliContext = {
    ...world,
    stderr: streams.stderr,
    stdout: (text) => taken(streams.stdout, text),
    answers:
      (action) =>
      async (...given) =>
        print(await action(...given)),
  }
  const complaint: string[] = []
  try {
    const program = await buildProgram(args, context)
    program.configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => complaint.push(text),
    })
    for (const command of [program, ...descendants(program)]) command.copyInheritedSettings(program).exitOverride()
    await program.parseAsync([...args], { from: 'user' })
    return exit
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return ExitCode.ok
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') {
      streams.stderr.write(complaint.join(''))
      return ExitCode.usage
    }
    const error = thrown instanceof CommanderError ? usageError(complaint.join('')) : thrown
    const rendered = renderError(error, json)
    streams.stderr.write(rendered.text)
    if (error instanceof AppError && error.cause)
      context.log.debug({ err: error.cause }, 'the cause of the error above')
    return rendered.exit
  }
}

const taken = (output: StandardOutput, text: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    output.write(text, (error) => (error ? reject(error) : resolve()))
  })

const usageError = (complaint: string) =>
  new AppError('usage-error', { detail: complaint.trim().replace(/^error: /, '') })

async function buildProgram(args: readonly string[], context: CliContext): Promise<Command> {
  const program = new Command('hearthkey')
    .description('Hearthkey, a self-hosted OpenID Connect provider.')
    .version(packageVersion, '--version')
    .option('--json', 'print JSON, for programs')
    .configureHelp({ optionDescription: (option) => usualHelp.optionDescription(withoutEmptyList(option)) })
  const names = await commandNames()
  const wanted = args.find((arg) => !arg.startsWith('-')) ?? ''
  for (const name of names.includes(wanted) ? [wanted] : names) {
    const module = await loadCommand(name)
    module.build(program.command(name).description(module.summary), context)
  }
  for (const leaf of descendants(program))
    if (leaf.commands.length === 0) leaf.option('--json', 'print JSON, for programs')
  return program
}

const usualHelp = new Help()

/** That an option which may be repeated was not given is nothing to read in each line. */
const withoutEmptyList = (option: Option): Option =>
  Array.isArray(option.defaultValue) && option.defaultValue.length === 0
    ? Object.create(option, { defaultValue: { value: undefined } })
    : option

const descendants = (command: Command): Command[] => command.commands.flatMap((child) => [child, ...descendants(child)])
