import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { startEmbedded } from '../../src/db/embedded.ts'
import { captureLog } from '../support/log.ts'
import { madeOnce } from '../support/made-once.ts'

export const isRoot = process.getuid?.() === 0
export const nobody = 65_534

const childScript = join(import.meta.dirname, 'embedded-child.ts')

/** Under root, whether an ordinary user could run this repository at all: not when it lies below /root. */
export const nobodyCanRun =
  isRoot &&
  spawnSync(process.execPath, ['-e', 'fs.accessSync(process.argv[1])', childScript], {
    uid: nobody,
    gid: nobody,
    cwd: '/',
  }).status === 0

export function dataDirectory(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'hk-')))
  onTestFinished(async () => {
    await endPostgresIn(dir)
    rmSync(dir, { recursive: true, force: true })
  })
  return join(dir, 'data')
}

/** Set up once a run; a copy of a stopped cluster is faster than initdb. */
export async function seedDirectory(): Promise<{ copy: () => string }> {
  const seed = join(tmpdir(), 'hk-seed')
  await madeOnce(seed, async (making) => {
    const server = await startEmbedded({ dataDir: join(making, 'data'), log: captureLog().log })
    await server.stop()
  })
  return {
    copy: () => {
      const dataDir = dataDirectory()
      execFileSync('cp', ['-a', join(seed, 'data'), dataDir])
      return dataDir
    },
  }
}

/** Every process that stands in the cluster: the postmaster, its children, an orphaned back end. Linux only. */
export function processesIn(dataDir: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return readlinkSync(`/proc/${name}/cwd`).startsWith(join(dataDir, 'postgres')) ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

async function endPostgresIn(dir: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const left = processesIn(join(dir, 'data'))
    if (left.length === 0) return
    for (const pid of left) killHard(pid)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}

export const postmasterPid = (dataDir: string): number => {
  const path = join(dataDir, 'postgres', 'postmaster.pid')
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split('\n', 1)[0]) : 0
}

const started = z.object({ adopted: z.boolean(), socketDir: z.string() })

/** Starts a Hearthkey in a process of its own, in an environment that would mislead PostgreSQL if it leaked. */
export function spawnServer(dataDir: string, { uid, through = [] }: { uid?: number; through?: string[] } = {}) {
  const [file = '', ...args] = [...through, process.execPath, childScript, dataDir]
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', PGPORT: '1', PGHOST: 'nowhere', PGDATA: '/nowhere', PGOPTIONS: '-c nonsense=1' },
    ...(uid !== undefined && { uid, gid: uid }),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const stderr = text(child.stderr)
  const exited = once(child, 'exit').then(async ([code, signal]) => ({ code, signal, stderr: await stderr }))
  const line = once(createInterface(child.stdout), 'line').then(([json]) => started.parse(JSON.parse(String(json))))
  return {
    pid: child.pid ?? 0,
    exited,
    ready: Promise.race([
      line,
      exited.then(({ code, stderr: said }) => {
        throw new Error(`it left with ${code}: ${said}`)
      }),
    ]),
    stop: async () => {
      child.kill('SIGTERM')
      return exited
    },
    kill: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

export async function query<T extends object>(
  socketDir: string,
  sql: string,
  { user = 'hearthkey_owner', database = 'hearthkey' } = {},
): Promise<T[]> {
  const client = new Client({ host: socketDir, port: 5432, user, database })
  // A server that is killed under it: the query's own failure says so.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}
