import { sha256 } from '../../lib/hash.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { KEY_BITS } from '../password-key.ts'

/**
 * The filter file, version 1: a set of SHA-1 hashes that answers "surely not" or "in the set, wrongly once in so many".
 * Numbers are little-endian, hashes are read from their first bit on. The file is a header, blocks, an index.
 *
 * Header, 128 bytes:
 *
 *     at  0   8 bytes   "HKFILTER"
 *         8   u16       version, 1
 *        10   u8        hash function: 1 is SHA-1 of the password in UTF-8, composed (NFC)
 *        11   u8        B: the first B bits of a hash are the number of its bucket; there are 2^B buckets
 *        12   u8        L: bytes of the low part of a value, 2 or 3
 *        16   u64       entries: different hashes that were put in
 *        24   f64       rate of false positives: the share of all hashes outside the set that are found in it
 *        32   u64       length of the file
 *        40   u64       where the index begins
 *        48   32 bytes  SHA-256 of all that follows the header
 *        96   32 bytes  SHA-256 of the 96 bytes before
 *
 * Index: 2^B + 1 numbers (u64). Block i, of bucket i, lies from number i up to number i + 1.
 *
 * Block: a bucket of n hashes has 2^C cells, C = ⌈log2 n⌉. The value of a hash is made of the bits behind its bucket's
 * number: C bits say its cell, then 8·L bits are its low part. The values stand in ascending order, each once, as an
 * Elias–Fano sequence:
 *
 *     at  0   u32       CRC-32 of the bucket's number (u32) and of what follows in the block
 *         4   u24       m: how many values
 *         7   u8        C
 *         8   m·L bytes the low parts
 *             ⌈(m + 2^C) / 8⌉ bytes: for each cell a 1 for each value in it, then a 0; the lowest bit of a byte is first
 *
 * A hash is found if its cell has its low part. Of a bucket's 2^(C+8·L) values at most n ≤ 2^C are in it, so a hash that
 * was never put in is found with a probability of at most 2^(−8·L), in each bucket and so in all: 1 in 65,536 with L = 2.
 * A look-up reads 16 bytes of the index and one block.
 */
export interface Layout {
  /** B. */
  readonly bucketBits: number
  /** L. */
  readonly lowBytes: 2 | 3
}

export interface Header extends Layout {
  readonly entries: number
  readonly falsePositiveRate: number
  readonly length: number
  readonly indexAt: number
  readonly contentHash: Buffer
}

export const HEADER_BYTES = 128
export const INDEX_ENTRY_BYTES = 8
const MAGIC = Buffer.from('HKFILTER')
const VERSION = 1
const SHA1_OF_NFC = 1
const CHECKED_BYTES = 96

const MAX_BUCKET_BITS = 24
/** A block of that many is 9 MB: more would be no page any more. */
const MAX_BUCKET_ENTRIES = 2 ** 22
/** Blocks of 2 to 5 KB: a page or two of the disk, and little beside what the index costs. */
const WANTED_BUCKET_ENTRIES = 2048

export function layoutFor(entries: number, lowBytes: Layout['lowBytes']): Layout {
  const bits = Math.ceil(Math.log2(Math.max(1, entries / WANTED_BUCKET_ENTRIES)))
  return { bucketBits: Math.min(bits, MAX_BUCKET_BITS), lowBytes }
}

/** How many hashes one bucket can take: bucket, cell and low part must come out of the bits of a key. */
export const bucketCapacity = ({ bucketBits, lowBytes }: Layout): number =>
  Math.min(MAX_BUCKET_ENTRIES, 2 ** (KEY_BITS - bucketBits - 8 * lowBytes))

export const indexBytes = ({ bucketBits }: Layout): number => (2 ** bucketBits + 1) * INDEX_ENTRY_BYTES

export function encodeHeader(header: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.writeUInt16LE(VERSION, 8)
  bytes.writeUInt8(SHA1_OF_NFC, 10)
  bytes.writeUInt8(header.bucketBits, 11)
  bytes.writeUInt8(header.lowBytes, 12)
  bytes.writeBigUInt64LE(BigInt(header.entries), 16)
  bytes.writeDoubleLE(header.falsePositiveRate, 24)
  bytes.writeBigUInt64LE(BigInt(header.length), 32)
  bytes.writeBigUInt64LE(BigInt(header.indexAt), 40)
  header.contentHash.copy(bytes, 48)
  sha256(bytes.subarray(0, CHECKED_BYTES)).copy(bytes, CHECKED_BYTES)
  return bytes
}

/** Says why it is none, in words that complete "the file …". */
export function decodeHeader(bytes: Buffer, fileLength: number): Result<Header, string> {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return fail('is not a filter that hearthkey breach-list build made')
  if (bytes.readUInt16LE(8) !== VERSION) return fail('was made by another version of Hearthkey')
  if (!sha256(bytes.subarray(0, CHECKED_BYTES)).equals(bytes.subarray(CHECKED_BYTES, HEADER_BYTES)))
    return fail('has a damaged header')
  const lowBytes = bytes.readUInt8(12)
  if (bytes.readUInt8(10) !== SHA1_OF_NFC || (lowBytes !== 2 && lowBytes !== 3))
    return fail('was made by another version of Hearthkey')
  const header = {
    bucketBits: bytes.readUInt8(11),
    lowBytes,
    entries: Number(bytes.readBigUInt64LE(16)),
    falsePositiveRate: bytes.readDoubleLE(24),
    length: Number(bytes.readBigUInt64LE(32)),
    indexAt: Number(bytes.readBigUInt64LE(40)),
    contentHash: Buffer.from(bytes.subarray(48, 80)),
  } as const
  if (header.length !== fileLength)
    return fail(`is not whole: it has ${fileLength} bytes where its header says ${header.length}`)
  if (header.bucketBits > MAX_BUCKET_BITS || header.indexAt + indexBytes(header) !== header.length)
    return fail('has a damaged header')
  return ok(header)
}
