import { chown, lchown, lstat, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import type { Log } from '../../lib/log.ts'
import type { Account } from './account.ts'
import { type Binaries, majorOf, program } from './binaries.ts'
import { engineFailure, spawnFailure } from './failure.ts'
import type { Layout } from './layout.ts'
import { SUPERUSER } from './roles.ts'
import { run, standingDirectory } from './run.ts'
import { syncFolder } from './write.ts'

interface InitOptions {
  readonly layout: Layout
  readonly binaries: Binaries
  readonly account: Account
  /** Inherited by initdb: if we die, the next start waits for the orphan instead of building over it. */
  readonly lockFd: number
  readonly log: Log
}

/** Whether anything was ever started here; looks and changes nothing. */
export async function hasCluster({ cluster }: Layout): Promise<boolean> {
  try {
    return (await readdir(cluster)).length > 0
  } catch (error) {
    // What may not be read, or is no directory, is judged by whoever opens it.
    return errorCode(error) !== 'ENOENT'
  }
}

/** Before anything is written: what stands there must be a cluster of this version, or nothing at all. */
export async function inspectCluster({ cluster }: Layout, binaries: Binaries): Promise<'present' | 'absent'> {
  const there = await lstat(cluster).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (!there) return 'absent'
  const entries = await readdir(cluster).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw damaged(cluster, 'it is not a directory')
    throw error
  })
  if (entries.length === 0 && there.isDirectory()) return 'absent'
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (!version) throw damaged(cluster, 'PG_VERSION is missing')
  const control = await stat(join(cluster, 'global', 'pg_control')).catch(() => undefined)
  if (!control?.isFile() || control.size === 0) throw damaged(cluster, 'global/pg_control is missing')
  if (version !== majorOf(binaries)) {
    throw new AppError('database-other-version', {
      detail: `${cluster} was written by PostgreSQL ${version}; this Hearthkey carries PostgreSQL ${majorOf(binaries)}.`,
    })
  }
  return 'present'
}

/** A fresh database in place of a damaged one would offer the set-up of the instance to whoever comes first. */
const damaged = (cluster: string, why: string) =>
  new AppError('database-damaged', { detail: `${cluster} is no PostgreSQL cluster any more: ${why}.` })

/** Built beside its place and moved there whole: a half-made cluster never has the name of a good one. */
export async function initCluster({ layout, binaries, account, lockFd, log }: InitOptions): Promise<void> {
  const { unfinished, cluster, dataDir } = layout
  if (await stat(unfinished).catch(() => undefined)) {
    log.warn({ path: unfinished }, 'an earlier initialisation was interrupted; starting it again')
    await rm(unfinished, { recursive: true, force: true })
  }
  await mkdir(unfinished, { mode: 0o700 })
  try {
    if (process.getuid?.() === 0) await chown(unfinished, account.uid, account.gid)
    const { status, stderr } = await run(
      program(binaries, 'initdb'),
      [
        ...['-D', standingDirectory(unfinished), '-U', SUPERUSER, '--encoding=UTF8', '--data-checksums'],
        // The builtin provider sorts the same on every machine and every libc: an upgrade never corrupts an index.
        ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
        ...['--auth-local=peer', '--auth-host=reject', '--no-instructions'],
      ],
      { cwd: unfinished, account, lockFd },
    ).catch((error: unknown) => {
      throw spawnFailure(error)
    })
    if (status !== 0) throw engineFailure('creating the database', stderr)
    await rename(unfinished, cluster)
    await syncFolder(dataDir)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
}

/** A restore or a `chown -R` by root leaves files that the account of PostgreSQL cannot open. */
export async function handOver({ cluster }: Layout, account: Account, log: Log): Promise<void> {
  const { uid } = await stat(cluster)
  if (uid === account.uid) return
  if (process.getuid?.() !== 0) {
    throw new AppError('data-dir-unusable', {
      detail: `${cluster} belongs to user id ${uid}, and Hearthkey runs as ${account.name} (${account.uid}).`,
      cure: `Start Hearthkey as that user, or hand it over: sudo chown -R ${account.name} ${cluster}`,
    })
  }
  log.warn({ path: cluster, account: account.name }, 'the cluster belonged to root; handing it to its account')
  for (const entry of await readdir(cluster, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), account.uid, account.gid)
  }
  await chown(cluster, account.uid, account.gid)
}
