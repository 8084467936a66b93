import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Output } from './output.ts'
import type { ProgressStream } from './progress.ts'

/** What a command may reach of the world. Nothing is opened before a command asks for it. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly clock: Clock
  /** Warnings for the operator, on standard error; a command's answer alone goes to standard output. */
  readonly log: Log
  /** For how far a long command is; its answer goes to standard output. */
  readonly stderr: ProgressStream
  /** For an answer that is too long to be held: resolves when there is room for more. */
  stdout(text: string | Uint8Array): Promise<void>
  config(): Config
  /** Asks before what cannot be undone. Without a terminal the answer is no, and the error names `--yes`. */
  confirm(question: string): Promise<void>
  /** Everything on standard input: a secret comes in by there, since arguments stand in the list of processes. */
  input(): Promise<string>
  /** One secret: asked for at a terminal without showing it, otherwise read from standard input. */
  askSecret(question: string): Promise<string>
  /** For a secret that is chosen now: at a terminal it is asked for twice, since nobody sees what is typed. */
  askNewSecret(question: string): Promise<string>
  /** Wraps an action: what it returns is printed as text, or as JSON where `--json` was given. */
  answers<Args extends unknown[]>(
    action: (...args: Args) => Promise<Output | undefined>,
  ): (...args: Args) => Promise<void>
}
