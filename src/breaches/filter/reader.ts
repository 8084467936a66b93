import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import type { Key } from '../password-key.ts'
import { bucketHolds, bucketOf, largestBlock } from './bucket.ts'
import { decodeHeader, HEADER_BYTES, type Header, INDEX_ENTRY_BYTES } from './format.ts'

export interface Filter {
  readonly header: Header
  /** Two reads, at places of their own: any number of them at a time. */
  has(key: Key): Promise<boolean>
  /** Reads the whole file, and answers whether it is what was written. */
  isWhole(onBytes?: (done: number) => void): Promise<boolean>
  close(): Promise<void>
}

const damaged = (path: string, what: string, cause?: unknown) =>
  new AppError('breach-list-unusable', { detail: `The file ${path} ${what}.`, cause })

/** Throws `breach-list-unusable` for whatever is no whole filter: nobody should believe that one is looked into. */
export async function openFilter(path: string): Promise<Filter> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw damaged(path, `cannot be opened (${errorCode(error) ?? 'unknown reason'})`, error)
  })
  try {
    return filterIn(file, path, await readHeader(file, path))
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readHeader(file: FileHandle, path: string): Promise<Header> {
  const stats = await file.stat()
  if (!stats.isFile()) throw damaged(path, 'is no regular file')
  const header = decodeHeader(await readAt(file, 0, Math.min(HEADER_BYTES, stats.size), path), stats.size)
  if (!header.ok) throw damaged(path, header.error)
  return header.value
}

function filterIn(file: FileHandle, path: string, header: Header): Filter {
  async function readBlock(bucket: number): Promise<Buffer> {
    const index = await readAt(file, header.indexAt + bucket * INDEX_ENTRY_BYTES, 2 * INDEX_ENTRY_BYTES, path)
    const [from, to] = [Number(index.readBigUInt64LE(0)), Number(index.readBigUInt64LE(INDEX_ENTRY_BYTES))]
    // What the index says is judged before a buffer of that size is made.
    if (from < HEADER_BYTES || from > to || to > header.indexAt || to - from > largestBlock(header))
      throw damaged(path, 'has a damaged index')
    return readAt(file, from, to - from, path)
  }
  return {
    header,
    async has(key) {
      const bucket = bucketOf(key, header)
      const held = bucketHolds(await readBlock(bucket), bucket, key, header)
      if (held === undefined) throw damaged(path, `is damaged (block ${bucket})`)
      return held
    },
    async isWhole(onBytes) {
      const content = createHash('sha256')
      const size = 1024 * 1024
      for (let at = HEADER_BYTES; at < header.length; at += size) {
        content.update(await readAt(file, at, Math.min(size, header.length - at), path))
        onBytes?.(at)
      }
      return content.digest().equals(header.contentHash)
    },
    close: () => file.close(),
  }
}

async function readAt(file: FileHandle, position: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled).catch((error: unknown) => {
      throw damaged(path, `cannot be read (${errorCode(error) ?? 'unknown reason'})`, error)
    })
    if (bytesRead === 0) throw damaged(path, 'became shorter while it was read')
    filled += bytesRead
  }
  return bytes
}
