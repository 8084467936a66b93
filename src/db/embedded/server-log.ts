import { constants, fchownSync, openSync, readFileSync, statSync } from 'node:fs'
import { open, rm, stat, writeFile } from 'node:fs/promises'
import type { Account } from './account.ts'

const LARGEST = 4 * 1024 * 1024
const CHECK_EVERY = 15_000

type Owner = Pick<Account, 'uid' | 'gid'> | undefined

/** For appending: after a truncation PostgreSQL goes on writing at the new end. */
export function openServerLog(path: string, owner: Owner): number {
  const fd = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  if (owner) fchownSync(fd, owner.uid, owner.gid)
  return fd
}

/** Answers how to read what is written from now on. */
export function followServerLog(path: string): () => string {
  const from = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return () => {
    const written = readFileSync(path)
    return written.subarray(written.length < from ? 0 : from).toString('utf8')
  }
}

/**
 * The newest part is kept beside the new one. PostgreSQL's own collector would be one more process for the same.
 * Root may be trimming in a folder of somebody else's: no symbolic link is followed.
 */
export async function trimServerLog(path: string): Promise<void> {
  if (((await stat(path).catch(() => undefined))?.size ?? 0) <= LARGEST) return
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
  try {
    const newest = Buffer.alloc(LARGEST)
    await file.read(newest, 0, LARGEST, (await file.stat()).size - LARGEST)
    await rm(`${path}.1`, { force: true })
    await writeFile(`${path}.1`, newest, { flag: 'wx', mode: 0o600 })
  } finally {
    await file.truncate()
    await file.close()
  }
}

/** Answers how to stop watching. */
export function keepServerLogSmall(path: string): () => void {
  // A failure (a full disk) is met again, and reported, where it matters; the next round tries again.
  const timer = setInterval(() => void trimServerLog(path).catch(() => {}), CHECK_EVERY)
  timer.unref()
  return () => clearInterval(timer)
}
