import { crc32 } from 'node:zlib'
import { KEY_BITS, type Key } from '../password-key.ts'
import { bucketCapacity, type Layout } from './format.ts'

/** See `format.ts` for the layout of a block. */
const HEAD_BYTES = 8
const COUNT_MASK = 0xff_ff_ff

export const bucketOf = (key: Key, { bucketBits }: Layout): number => Math.floor(key / 2 ** (KEY_BITS - bucketBits))

const cellBitsFor = (entries: number) => (entries < 2 ? 0 : 32 - Math.clz32(entries - 1))

/** The bits of a key behind its bucket's number, as far as they are kept: its cell, and its low part. */
function splitter(bucket: number, { bucketBits, lowBytes }: Layout, cellBits: number) {
  const first = bucket * 2 ** (KEY_BITS - bucketBits)
  const cellSpan = 2 ** (KEY_BITS - bucketBits - cellBits)
  const lowStep = cellSpan / 2 ** (8 * lowBytes)
  return {
    cellOf: (key: Key) => Math.floor((key - first) / cellSpan),
    lowOf: (key: Key, cell: number) => Math.floor((key - first - cell * cellSpan) / lowStep),
  }
}

const sizeOf = (values: number, cellBits: number, { lowBytes }: Layout) =>
  HEAD_BYTES + values * lowBytes + Math.ceil((values + 2 ** cellBits) / 8)

export const largestBlock = (layout: Layout): number =>
  sizeOf(bucketCapacity(layout), cellBitsFor(bucketCapacity(layout)), layout)

/** A block that was moved to another bucket is as wrong as one that was changed. */
function checksumOf(block: Buffer, bucket: number): number {
  const number = Buffer.alloc(4)
  number.writeUInt32LE(bucket)
  return crc32(block.subarray(4), crc32(number))
}

export interface EncodedBucket {
  readonly block: Buffer
  /** The share of all hashes in this bucket that are found in it. */
  readonly density: number
}

/** `keys` are different, ascending and all of this bucket. */
export function encodeBucket(bucket: number, keys: Float64Array, layout: Layout): EncodedBucket {
  const { lowBytes } = layout
  const cellBits = cellBitsFor(keys.length)
  const { cellOf, lowOf } = splitter(bucket, layout, cellBits)
  const block = Buffer.alloc(sizeOf(keys.length, cellBits, layout))
  // Written behind room for the lows of all, and moved up where keys had the same value.
  const marksAt = HEAD_BYTES + keys.length * lowBytes
  let values = 0
  let lowAt = HEAD_BYTES
  let previous = { cell: 0, low: -1 }
  for (const key of keys) {
    const cell = cellOf(key)
    const low = lowOf(key, cell)
    if (cell === previous.cell && low === previous.low) continue
    previous = { cell, low }
    const mark = cell + values
    const markAt = marksAt + (mark >>> 3)
    block[markAt] = (block[markAt] ?? 0) | (1 << (mark & 7))
    for (let byte = 0; byte < lowBytes; byte++) block[lowAt++] = (low >>> (8 * byte)) & 0xff
    values++
  }
  block.copyWithin(lowAt, marksAt)
  const whole = block.subarray(0, sizeOf(values, cellBits, layout))
  whole.writeUInt32LE(values, 4)
  whole.writeUInt8(cellBits, 7)
  whole.writeUInt32LE(checksumOf(whole, bucket), 0)
  return { block: whole, density: values / 2 ** (cellBits + 8 * lowBytes) }
}

const onesIn = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

/** Undefined where the block is not what was written. */
export function bucketHolds(block: Buffer, bucket: number, key: Key, layout: Layout): boolean | undefined {
  if (block.length < HEAD_BYTES || block.readUInt32LE(0) !== checksumOf(block, bucket)) return undefined
  const values = block.readUInt32LE(4) & COUNT_MASK
  const cellBits = block.readUInt8(7)
  if (block.length !== sizeOf(values, cellBits, layout)) return undefined
  const { cellOf, lowOf } = splitter(bucket, layout, cellBits)
  const wantedCell = cellOf(key)
  const wantedLow = lowOf(key, wantedCell)

  const lowAt = (index: number) => block.readUIntLE(HEAD_BYTES + index * layout.lowBytes, layout.lowBytes)
  const marks = block.subarray(HEAD_BYTES + values * layout.lowBytes)
  let cell = 0
  let index = 0
  let byte = 0
  for (; byte < marks.length; byte++) {
    const ones = onesIn[marks[byte] ?? 0] ?? 0
    if (cell + 8 - ones >= wantedCell) break
    cell += 8 - ones
    index += ones
  }
  for (let mark = byte * 8; cell <= wantedCell && index < values; mark++) {
    const isValue = (((marks[mark >>> 3] ?? 0) >>> (mark & 7)) & 1) === 1
    if (!isValue) cell++
    else {
      if (cell === wantedCell && lowAt(index) === wantedLow) return true
      index++
    }
  }
  return false
}
