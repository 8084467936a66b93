import { runCli } from '../../src/cli/run.ts'
import { loadConfig } from '../../src/config/config.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { captureLog } from './log.ts'

export interface CliRun {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

interface CliWorld {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly clock?: Clock
  /** What stands on standard input. */
  readonly input?: string
  /** What the person at the terminal answers; without it there is no terminal. */
  readonly confirms?: boolean
}

/** A command as the operator runs it, in this process: arguments in, exit code and both streams out. */
export async function cli(args: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const written = { stdout: '', stderr: '' }
  const { env = {}, cwd = '/', clock = systemClock } = world
  const sink = (name: keyof typeof written) => ({
    write: (text: string | Uint8Array, done?: () => void) => {
      written[name] += typeof text === 'string' ? text : new TextDecoder().decode(text)
      done?.()
    },
  })
  const exit = await runCli(
    args,
    {
      env,
      cwd,
      clock,
      log: captureLog().log,
      config: () => loadConfig({ env, cwd }).config,
      input: async () => world.input ?? '',
      askSecret: async () => world.input ?? '',
      askNewSecret: async () => world.input ?? '',
      confirm: async () => {
        if (!world.confirms) throw new Error('no terminal')
      },
    },
    { stdout: sink('stdout'), stderr: sink('stderr') },
  )
  return { exit, ...written }
}
