import { constants, type Dirent, existsSync } from 'node:fs'
import { chmod, cp, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import type { Log } from '../../lib/log.ts'
import type { Account, Accounts } from './account.ts'
import { type Binaries, program } from './binaries.ts'
import { spawnFailure } from './failure.ts'
import { type HeldLock, tryHold } from './locks.ts'
import { run } from './run.ts'

/** Where an account without rights can always read. Shared by all data directories of the machine. */
const SHARED_HOME = '/var/lib/hearthkey/engine'

interface Place {
  readonly accounts: Accounts
  readonly log: Log
  readonly sharedHome?: string
}

export interface Engine {
  readonly binaries: Binaries
  /** For the postmaster to inherit: no other start removes the copy while somebody runs from it. */
  readonly lock: HeldLock | undefined
}

/**
 * Under root, node_modules may lie where the account of PostgreSQL cannot read (a clone below /root). The binaries look
 * for their own real path, so no trick of descriptors helps, as it does for the data: they are copied out.
 */
export async function readableEngine(
  installed: Binaries,
  { accounts, log, sharedHome = SHARED_HOME }: Place,
): Promise<Engine> {
  if (accounts.self.uid !== 0 || (await runsFor(installed, accounts.postgres))) {
    return { binaries: installed, lock: undefined }
  }
  await mkdirReadable(sharedHome)
  await refuseForeign(sharedHome, accounts)
  const copy: Binaries = { home: join(sharedHome, installed.version), version: installed.version }
  return alone(join(sharedHome, 'copying.lock'), async () => {
    const lock = tryHold(lockOf(copy.home), { shared: true })
    try {
      if (!(await runsFor(copy, accounts.postgres))) {
        await copyEngine(installed, copy)
        if (!(await runsFor(copy, accounts.postgres))) throw unrunnable(installed, copy, accounts)
        log.info({ from: installed.home, to: copy.home }, 'copied PostgreSQL to where its account can read it')
        await removeUnused(sharedHome)
      }
      return { binaries: copy, lock }
    } catch (error) {
      lock?.release()
      throw error
    }
  })
}

const lockOf = (home: string) => `${home}.lock`

const unrunnable = (installed: Binaries, copy: Binaries, { postgres }: Accounts) =>
  new AppError('embedded-database-failed', {
    detail: `The account ${postgres.name} cannot run PostgreSQL, neither from ${installed.home} nor from ${copy.home}.`,
    cure: 'Check the modes of these folders and that they are not mounted noexec, or start as an ordinary user.',
  })

async function alone<T>(path: string, work: () => Promise<T>): Promise<T> {
  let lock = tryHold(path)
  for (; !lock; lock = tryHold(path)) await delay(20)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** Copies of other versions, and what an interrupted copy left, unless somebody holds their lock. */
async function removeUnused(sharedHome: string): Promise<void> {
  for (const entry of await readdir(sharedHome, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const home = join(sharedHome, entry.name.replace(/\.new$/, ''))
    const unused = tryHold(lockOf(home))
    if (unused) await rm(join(sharedHome, entry.name), { recursive: true, force: true })
    unused?.release()
  }
}

/** Only the kernel knows every mode, ACL and mount option on the way: ask it. */
async function runsFor(binaries: Binaries, account: Account): Promise<boolean> {
  const file = program(binaries, 'postgres')
  if (!existsSync(file)) return false
  try {
    const { status } = await run(file, ['--version'], { cwd: '/', account })
    return status === 0
  } catch (error) {
    if (errorCode(error) === 'EACCES') return false
    throw spawnFailure(error)
  }
}

/** Whoever may write there chooses what runs with the power to read every row. */
async function refuseForeign(folder: string, { self, postgres }: Accounts): Promise<void> {
  const { uid, mode } = await lstat(folder)
  if ((uid === self.uid || uid === postgres.uid) && (mode & 0o022) === 0) return
  throw new AppError('data-dir-unusable', {
    detail: `Others may write to ${folder}, so PostgreSQL is not run from it.`,
    cure: `chown root ${folder}; chmod 755 ${folder}`,
  })
}

async function copyEngine(installed: Binaries, copy: Binaries): Promise<void> {
  const unfinished = `${copy.home}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished)
  for (const part of ['bin', 'lib', 'share']) {
    await cp(join(installed.home, part), join(unfinished, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    })
  }
  const entries = (await readdir(unfinished, { recursive: true, withFileTypes: true })).filter(
    (e) => !e.isSymbolicLink(),
  )
  // Many at a time: the file system commits them together, which is fifteen times as fast as one by one.
  for (let at = 0; at < entries.length; at += 64) await Promise.all(entries.slice(at, at + 64).map(settleEntry))
  await settle(unfinished, 0o755)
  await rm(copy.home, { recursive: true, force: true })
  await rename(unfinished, copy.home)
  await settle(dirname(copy.home), 0o755)
}

const settleEntry = (entry: Dirent): Promise<void> =>
  settle(
    join(entry.parentPath, entry.name),
    entry.isDirectory() || basename(entry.parentPath) === 'bin' ? 0o755 : 0o644,
  )

/** On the disk before the rename, or a power cut leaves a copy that looks whole. */
async function settle(path: string, mode: number): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** An operator's umask of 077 must not decide who reads what this created. */
async function mkdirReadable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let path = folder; path.length >= first.length; path = dirname(path)) await chmod(path, 0o755)
}
