import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Account } from './account.ts'

interface Place {
  readonly cwd: string
  readonly account: Account
}

interface RunOptions extends Place {
  /** A lock that shall live as long as the program and its children: they inherit it. */
  readonly lockFd?: number
}

/** Nothing of the operator's environment reaches PostgreSQL: no PG* variable, no locale, no loader path. */
const environment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }

/**
 * libuv changes the directory before it changes the user: the child stands in its directory though the account could
 * not walk there (a data directory below /root).
 */
export const spawnAs = (
  file: string,
  args: readonly string[],
  { account, ...options }: Place & SpawnOptions,
): ChildProcess =>
  spawn(file, args, {
    ...options,
    env: environment,
    ...(process.getuid?.() === 0 && { uid: account.uid, gid: account.gid }),
  })

/** Where the child stands, as a path that needs no right on the folders above. */
export const standingDirectory = (cwd: string): string =>
  process.platform === 'linux' && process.getuid?.() === 0 ? '/proc/self/cwd' : cwd

export async function run(
  file: string,
  args: readonly string[],
  { lockFd, ...place }: RunOptions,
): Promise<{ status: number | null; stderr: string }> {
  const child = spawnAs(file, args, { ...place, stdio: ['ignore', 'ignore', 'pipe', lockFd ?? 'ignore'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  const [status, stderr] = await Promise.all([ended, child.stderr ? text(child.stderr) : ''])
  return { status, stderr }
}
