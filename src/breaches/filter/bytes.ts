import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'

/** The bytes of a filter file, wherever they are read from. */
export interface Bytes {
  readonly size: number
  /** A part of it; whoever gets it does not write to it. Throws `breach-list-unusable` where it is no longer there. */
  at(position: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

export const damaged = (path: string, what: string, cause?: unknown) =>
  new AppError('breach-list-unusable', { detail: `The file ${path} ${what}.`, cause })

const unreadable = (path: string, verb: string) => (error: unknown) => {
  throw damaged(path, `cannot be ${verb} (${errorCode(error) ?? 'unknown reason'})`, error)
}

/** Page by page: the operator's list may be as large as a disk is. */
export async function bytesOnDisk(path: string): Promise<Bytes> {
  const file = await open(path, 'r').catch(unreadable(path, 'opened'))
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw damaged(path, 'is no regular file')
    return {
      size: stats.size,
      at: (position, length) => readAt(file, position, length, path),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * At once, for a file that is small and looked into at every sign-in: each read from the disk goes through libuv's threads
 * and back, and a password is looked up in several forms with two reads each.
 */
export async function bytesInMemory(path: string): Promise<Bytes> {
  const disk = await bytesOnDisk(path)
  try {
    const all = await disk.at(0, disk.size)
    return {
      size: all.length,
      at: async (position, length) => {
        if (position + length > all.length) throw tooShort(path)
        return all.subarray(position, position + length)
      },
      close: async () => {},
    }
  } finally {
    await disk.close()
  }
}

const tooShort = (path: string) => damaged(path, 'became shorter while it was read')

async function readAt(file: FileHandle, position: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file
      .read(bytes, filled, length - filled, position + filled)
      .catch(unreadable(path, 'read'))
    if (bytesRead === 0) throw tooShort(path)
    filled += bytesRead
  }
  return bytes
}
