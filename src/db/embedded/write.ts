import { constants } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from './account.ts'

export async function areAsWritten(folder: string, files: ReadonlyMap<string, string>): Promise<boolean> {
  for (const [name, text] of files) {
    if ((await readFile(join(folder, name), 'utf8').catch(() => undefined)) !== text) return false
  }
  return true
}

/**
 * Only what differs, so that a full disk does not stop a start that needs no space. The folder belongs to the account
 * of PostgreSQL and root may be writing: a new file, exclusively created, follows no symbolic link planted there.
 */
export async function writeChanged(
  folder: string,
  files: ReadonlyMap<string, string>,
  account: Account,
): Promise<void> {
  for (const [name, text] of files) {
    if (await areAsWritten(folder, new Map([[name, text]]))) continue
    const unfinished = join(folder, `${name}.new`)
    await rm(unfinished, { force: true })
    const file = await open(unfinished, 'wx', 0o600)
    try {
      await file.writeFile(text)
      if (process.getuid?.() === 0) await file.chown(account.uid, account.gid)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, join(folder, name))
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
