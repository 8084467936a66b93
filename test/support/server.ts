import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settle } from './settled-home.ts'
import { type WhenOver, withTheTest } from './when-over.ts'

export interface RunningServer {
  readonly home: string
  readonly child: ChildProcess
  readonly port: number
  readonly url: string
  /** Everything it has printed so far. */
  output(): string
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
}

/** A directory for the data and the keys of one server, gone with the test. */
export async function temporaryHome(whenOver: WhenOver = withTheTest): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hearthkey-home-'))
  whenOver(() => rm(home, { recursive: true, force: true }))
  return home
}

/** The built program as an operator runs it, with nothing of this process's environment but the path. */
export function spawnHearthkey(
  home: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  whenOver: WhenOver = withTheTest,
): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/main.js'), ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
  whenOver(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  })
  return { child, output: () => chunks.join('') }
}

/** On a directory of its own, whose cluster is there; where the first start is what matters, hand in an empty one. */
export async function startServer(
  env: NodeJS.ProcessEnv = {},
  home?: string,
  whenOver: WhenOver = withTheTest,
): Promise<RunningServer> {
  const place = home ?? (await temporaryHome(whenOver))
  if (home === undefined) await settle(place)
  const { child, output } = spawnHearthkey(place, ['serve'], env, whenOver)
  const exited = once(child, 'exit')
  const port = await readyPort(child, output)
  return {
    home: place,
    child,
    port,
    url: `http://127.0.0.1:${port}`,
    output,
    stop: async () => {
      child.kill('SIGTERM')
      const [code] = await exited
      return code
    },
  }
}

function readyPort(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const port = /"port":(\d+).*Hearthkey is ready/.exec(output())?.[1]
      if (port) resolve(Number(port))
    }
    child.stdout?.on('data', look)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output()}`)))
  })
}

/** For a program that is expected to end by itself. */
export async function runHearthkey(
  home: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  whenOver: WhenOver = withTheTest,
): Promise<{ exit: number | null; output: string }> {
  const { child, output } = spawnHearthkey(home, args, env, whenOver)
  const [exit] = await once(child, 'close')
  return { exit, output: output() }
}
