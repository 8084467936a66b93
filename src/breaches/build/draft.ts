import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import { renameDurably } from '../../lib/rename-durably.ts'

export interface Draft {
  readonly file: FileHandle
  /** For what is needed while it is written: on the same disk, and gone with the draft. */
  readonly directory: string
}

/**
 * A file that is there whole or not at all: written in a directory beside its place, synced, and only then named. What
 * a SIGKILL leaves is that directory, and never half a file under the name.
 */
export async function writeWhole<T>(out: string, force: boolean, write: (draft: Draft) => Promise<T>): Promise<T> {
  if (!force) await refuseExisting(out)
  try {
    const directory = await mkdtemp(`${out}.unfinished-`)
    try {
      const path = join(directory, basename(out))
      const written = await writeSynced(path, (file) => write({ file, directory }))
      if (!force) await refuseExisting(out)
      await renameDurably(path, out)
      return written
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  } catch (error) {
    throw asRefusal(error, out)
  }
}

async function writeSynced<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'wx', 0o644)
  try {
    const written = await write(file)
    await file.sync()
    return written
  } finally {
    await file.close()
  }
}

async function refuseExisting(out: string): Promise<void> {
  const existing = await stat(out).catch(() => undefined)
  if (existing) throw new AppError('breach-list-exists', { detail: `${out} exists already.` })
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOENT: 'the directory does not exist',
  EFBIG: 'the file system takes no file of that size',
}

function asRefusal(error: unknown, out: string): unknown {
  const code = errorCode(error)
  if (error instanceof AppError || code === undefined) return error
  const detail = `${out} could not be written: ${reasons[code] ?? code}.`
  return new AppError('breach-list-not-written', { detail, cause: error })
}
