import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { KEY_BITS, type Key } from '../password-key.ts'
import { encodeBucket } from './bucket.ts'
import {
  bucketCapacity,
  encodeHeader,
  HEADER_BYTES,
  type Header,
  INDEX_ENTRY_BYTES,
  indexBytes,
  type Layout,
} from './format.ts'

/** More of the hashes begin alike than chance allows: this is a piece of a list, or no list of hashes. */
export class BucketOverflow extends Error {
  override readonly name = 'BucketOverflow'
}

export interface FilterWriter {
  /** In ascending order; the same one again changes nothing. */
  add(key: Key): void
  /** Hands to the disk what has gathered. Called between batches: `add` is called a billion times and awaits nothing. */
  drain(): Promise<void>
  /** What is not in the file by now never will be; the header is written last, so a part is no filter. */
  finish(): Promise<Header>
}

/** Holds one bucket, the index (8 bytes a bucket) and what was added since the last `drain`. */
export function createFilterWriter(file: FileHandle, layout: Layout): FilterWriter {
  const buckets = 2 ** layout.bucketBits
  const span = 2 ** (KEY_BITS - layout.bucketBits)
  const capacity = bucketCapacity(layout)
  const index = new Float64Array(buckets + 1)
  const content = createHash('sha256')
  let keys = new Float64Array(Math.min(capacity, 4096))
  let count = 0
  let bucket = 0
  let end = span
  let last = -1
  let blocks: Buffer[] = []
  let position = HEADER_BYTES
  let entries = 0
  let densities = 0

  function closeBucket(): void {
    const { block, density } = encodeBucket(bucket, keys.subarray(0, count), layout)
    index[bucket] = position
    position += block.length
    blocks.push(block)
    entries += count
    densities += density
    count = 0
    bucket++
    end += span
  }

  function makeRoom(): void {
    if (count === capacity) throw new BucketOverflow()
    const larger = new Float64Array(Math.min(capacity, keys.length * 2))
    larger.set(keys)
    keys = larger
  }

  async function drain(): Promise<void> {
    const gathered = Buffer.concat(blocks)
    blocks = []
    content.update(gathered)
    await writeAll(file, gathered, position - gathered.length)
  }

  function encodeIndex(): Buffer {
    index[buckets] = position
    const bytes = Buffer.alloc(indexBytes(layout))
    for (const [at, offset] of index.entries()) bytes.writeBigUInt64LE(BigInt(offset), at * INDEX_ENTRY_BYTES)
    return bytes
  }

  return {
    add(key) {
      if (key === last) return
      if (key < last) throw new Error('a filter was given its hashes out of order')
      while (key >= end) closeBucket()
      if (count === keys.length) makeRoom()
      keys[count++] = key
      last = key
    },
    drain,
    async finish() {
      while (bucket < buckets) {
        closeBucket()
        if (blocks.length >= 4096) await drain()
      }
      await drain()
      const indexAt = position
      const encoded = encodeIndex()
      content.update(encoded)
      await writeAll(file, encoded, indexAt)
      const header = {
        ...layout,
        entries,
        falsePositiveRate: densities / buckets,
        length: indexAt + encoded.length,
        indexAt,
        contentHash: content.digest(),
      }
      await writeAll(file, encodeHeader(header), 0)
      return header
    },
  }
}

/** A write may be short, on a disk that is nearly full. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written)
    written += bytesWritten
  }
}
