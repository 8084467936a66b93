import { once } from 'node:events'
import { closeSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import type { Log } from '../../lib/log.ts'
import type { Accounts } from './account.ts'
import { type Binaries, program } from './binaries.ts'
import { spawnFailure } from './failure.ts'
import type { Layout } from './layout.ts'
import { whenFree } from './locks.ts'
import { spawnAs, standingDirectory } from './run.ts'
import { openServerLog } from './server-log.ts'

type ShutdownSignal = 'SIGINT' | 'SIGQUIT'

export interface Postmaster {
  /** Resolves when it is gone, however that came. Does not keep the process alive. */
  readonly gone: Promise<void>
  signal(name: ShutdownSignal): void
}

interface LaunchOptions {
  readonly layout: Layout
  readonly binaries: Binaries
  readonly accounts: Accounts
  /** Descriptors that it and its back ends keep open, and so locked, for as long as one of them lives. */
  readonly locks: readonly number[]
}

/** Only with the postmaster's lock in hand: what an earlier one left behind is then certainly stale. */
export async function launch({ layout, binaries, accounts, locks }: LaunchOptions): Promise<Postmaster> {
  const { cluster, socket, log } = layout
  // These files name a PID, and in a container every PID is familiar: PostgreSQL would refuse to start over them.
  for (const stale of [join(cluster, 'postmaster.pid'), socket, `${socket}.lock`]) await rm(stale, { force: true })
  const logFd = openServerLog(log, accounts.dirOwner)
  try {
    const child = spawnAs(program(binaries, 'postgres'), ['-D', standingDirectory(cluster)], {
      cwd: cluster,
      account: accounts.postgres,
      // Out of the terminal's group: Ctrl-C reaches Hearthkey alone, which ends its requests first.
      detached: true,
      stdio: ['ignore', logFd, logFd, ...locks],
    })
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    await once(child, 'spawn')
    child.unref()
    return { gone, signal: (name) => void child.kill(name) }
  } catch (error) {
    throw spawnFailure(error)
  } finally {
    closeSync(logFd)
  }
}

/** The postmaster of a parent that was killed. It holds its lock, and nobody else writes its PID file. */
export function survivor(layout: Layout): Postmaster {
  return {
    gone: whenFree(layout.postmasterLock),
    signal: (name) => signalSurvivor(layout, name),
  }
}

export function signalSurvivor(layout: Layout, name: ShutdownSignal): void {
  const pid = survivorPid(layout)
  if (pid === undefined) return
  try {
    process.kill(pid, name)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

/** Undefined when the process of that number is not, or no longer, the postmaster of this cluster. */
function survivorPid({ cluster }: Layout): number | undefined {
  try {
    const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n', 1)[0])
    if (!Number.isSafeInteger(pid) || pid < 2) return undefined
    if (process.platform !== 'linux') return pid
    return standsIn(pid, cluster) ? pid : undefined
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) return undefined
    throw error
  }
}

function standsIn(pid: number, cluster: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)
  } catch (error) {
    // Root in a container without CAP_SYS_PTRACE may not look at another user's process. Its name is open to all.
    if (!['EACCES', 'EPERM'].includes(errorCode(error) ?? '')) throw error
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres'
  }
}

/** Fast: open transactions are rolled back, everything acknowledged is written. Then: as after a crash, still losing nothing. */
const steps: readonly (readonly [ShutdownSignal, number])[] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 6_000],
]

export async function shutDown(postmaster: Postmaster, log: Log): Promise<void> {
  for (const [signal, patience] of steps) {
    postmaster.signal(signal)
    if (await goneWithin(postmaster, patience)) return
    log.warn({ signal, waited: patience }, 'PostgreSQL did not stop in time')
  }
  throw new AppError('embedded-database-failed', {
    detail: 'PostgreSQL did not stop.',
    cure: 'Nothing is lost: the next start takes the running server over. If it hangs for good, end its process yourself.',
  })
}

async function goneWithin({ gone }: Postmaster, patience: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, patience, false)
  try {
    return await Promise.race([gone.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
