import { randomBytes } from 'node:crypto'
import { link, open, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import { renameDurably, syncDirectory } from '../../lib/rename-durably.ts'

const OWNER_ALONE = 0o600

/**
 * Written beside its name, and given it when it is whole: whoever finds a file under that name finds all of it. What
 * already stands there is replaced where that was asked for, even if it came meanwhile.
 */
export async function writeWhole(
  path: string,
  force: boolean,
  write: (put: (text: string | Buffer) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (!force && (await isThere(path))) throw existsAlready(path)
  if (await isDirectory(path)) unwritable(path, 'it is a directory')
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
  try {
    const file = await open(beside, 'wx', OWNER_ALONE).catch((cause: unknown) => unwritable(path, cause))
    try {
      await write(async (text) => {
        await file.appendFile(text).catch((cause: unknown) => unwritable(path, cause))
      })
      await file.sync()
    } finally {
      await file.close()
    }
    if (force) await renameDurably(beside, path).catch((cause: unknown) => unwritable(path, cause))
    else await takeName(beside, path)
  } finally {
    await rm(beside, { force: true })
  }
}

/** A second name, which fails where there is a file: to rename would replace it. */
async function takeName(beside: string, path: string): Promise<void> {
  await link(beside, path).catch((cause: unknown) =>
    errorCode(cause) === 'EEXIST' ? Promise.reject(existsAlready(path)) : unwritable(path, cause),
  )
  await syncDirectory(dirname(path))
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Known before the hours that it may take to write it. */
const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

const existsAlready = (path: string) => new AppError('audit-file-exists', { detail: `${path} exists.` })

function unwritable(path: string, cause: unknown): never {
  throw new AppError('audit-file-unwritable', {
    detail: `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
  })
}
