import { createHash } from 'node:crypto'
import type { Key } from '../password-key.ts'
import { bucketHolds, bucketOf, largestBlock } from './bucket.ts'
import { type Bytes, bytesInMemory, bytesOnDisk, damaged } from './bytes.ts'
import { decodeHeader, HEADER_BYTES, type Header, INDEX_ENTRY_BYTES } from './format.ts'

export interface Filter {
  readonly header: Header
  /** Two reads, at places of their own: any number of them at a time. */
  has(key: Key): Promise<boolean>
  /** Reads the whole file, and answers whether it is what was written. */
  isWhole(onBytes?: (done: number) => void): Promise<boolean>
  close(): Promise<void>
}

/** Throws `breach-list-unusable` for whatever is no whole filter: nobody should believe that one is looked into. */
export const openFilter = async (path: string): Promise<Filter> => filterOf(await bytesOnDisk(path), path)

/** The same for a small one, which is held in memory. */
export const loadFilter = async (path: string): Promise<Filter> => filterOf(await bytesInMemory(path), path)

async function filterOf(bytes: Bytes, path: string): Promise<Filter> {
  try {
    const header = decodeHeader(await bytes.at(0, Math.min(HEADER_BYTES, bytes.size)), bytes.size)
    if (!header.ok) throw damaged(path, header.error)
    return filterIn(bytes, path, header.value)
  } catch (error) {
    await bytes.close()
    throw error
  }
}

function filterIn(bytes: Bytes, path: string, header: Header): Filter {
  async function readBlock(bucket: number): Promise<Buffer> {
    const index = await bytes.at(header.indexAt + bucket * INDEX_ENTRY_BYTES, 2 * INDEX_ENTRY_BYTES)
    const [from, to] = [Number(index.readBigUInt64LE(0)), Number(index.readBigUInt64LE(INDEX_ENTRY_BYTES))]
    // What the index says is judged before a buffer of that size is made.
    if (from < HEADER_BYTES || from > to || to > header.indexAt || to - from > largestBlock(header))
      throw damaged(path, 'has a damaged index')
    return bytes.at(from, to - from)
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
        content.update(await bytes.at(at, Math.min(size, header.length - at)))
        onBytes?.(at)
      }
      return content.digest().equals(header.contentHash)
    },
    close: () => bytes.close(),
  }
}
