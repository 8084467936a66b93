import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Home } from './home.ts'
import { databaseProcesses } from './postmaster.ts'
import { descendants, killAll, until } from './processes.ts'

export const program = join(import.meta.dirname, '../../dist/main.js')

export interface Server extends AsyncDisposable {
  readonly pid: number
  readonly origin: string
  /** What a browser or a program sends as `Host`: the issuer's. */
  readonly host: string
  /** Wall seconds from the start of the process to the first good answer of /readyz. */
  readonly secondsToReady: number
  /** Node alone: its own process and, with WORKERS, its workers. */
  nodeProcesses(): number[]
  /** Node and the database under it. */
  processes(): number[]
  /** SIGTERM, as an init system does; answers the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
}

export interface ServerOptions {
  readonly node?: string
  readonly env?: Readonly<Record<string, string>>
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject()))
    })
  })

const isReady = (origin: string) =>
  fetch(`${origin}/readyz`).then(
    async (answer) => {
      await answer.bytes()
      return answer.ok ? true : undefined
    },
    () => undefined,
  )

/** The built program as an operator starts it, with nothing of this shell's own settings. */
export async function startServer(home: Home, options: ServerOptions = {}): Promise<Server> {
  if (!existsSync(program)) throw new Error('there is no dist/main.js: run `npm run build`')
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const host = `localhost:${port}`
  const logFile = join(home.folder, 'server.log')
  const log = openSync(logFile, 'a')
  const started = performance.now()
  const child = spawn(options.node ?? process.execPath, [program, 'serve'], {
    cwd: join(home.folder, 'work'),
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      ISSUER_URL: `http://${host}`,
      DATA_DIR: home.dataDir,
      KEYS_DIR: home.keysDir,
      ...options.env,
    },
  })
  closeSync(log)
  const { pid } = child
  if (pid === undefined) throw new Error('the server could not be started')
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const lastLines = () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n')

  const processes = () => [...new Set([pid, ...descendants(pid), ...databaseProcesses(home)])]
  const kill = async () => killAll(existsSync(home.dataDir) ? processes() : [pid])
  const died = () => child.exitCode !== null || child.signalCode !== null
  try {
    await until('the server answers /readyz', 60, () => {
      if (died()) throw new Error('the server ended before it was ready')
      return isReady(origin)
    })
  } catch (error) {
    await kill()
    throw new Error(`the server did not start; its log ends:\n${lastLines()}`, { cause: error })
  }
  const secondsToReady = (performance.now() - started) / 1000

  const stop = async () => {
    child.kill('SIGTERM')
    return ended
  }
  return {
    pid,
    origin,
    host,
    secondsToReady,
    nodeProcesses: () => {
      const database = new Set(databaseProcesses(home))
      return processes().filter((each) => !database.has(each))
    },
    processes,
    stop,
    kill,
    [Symbol.asyncDispose]: async () => {
      if (died()) return
      const stopped = await Promise.race([
        stop(),
        new Promise((resolve) => setTimeout(resolve, 30_000, 'late').unref()),
      ])
      if (stopped === 'late') await kill()
    },
  }
}
