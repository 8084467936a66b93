import { constants, fchownSync, openSync, readFileSync, statSync } from 'node:fs'
import { copyFile, rm, stat, truncate } from 'node:fs/promises'
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

/** One old file is kept beside the new one. PostgreSQL's own collector would be one more process for the same. */
export async function trimServerLog(path: string): Promise<void> {
  const { size } = (await stat(path).catch(() => undefined)) ?? { size: 0 }
  if (size <= LARGEST) return
  await rm(`${path}.1`, { force: true })
  await copyFile(path, `${path}.1`, constants.COPYFILE_EXCL)
  await truncate(path)
}

/** Answers how to stop watching. */
export function keepServerLogSmall(path: string): () => void {
  // A failure (a full disk) is met again, and reported, where it matters; the next round tries again.
  const timer = setInterval(() => void trimServerLog(path).catch(() => {}), CHECK_EVERY)
  timer.unref()
  return () => clearInterval(timer)
}
