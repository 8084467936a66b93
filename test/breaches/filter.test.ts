import { copyFile, open as openFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildBreachList } from '../../src/breaches/build/build.ts'
import { bucketHolds, bucketOf } from '../../src/breaches/filter/bucket.ts'
import { decodeHeader } from '../../src/breaches/filter/format.ts'
import { loadFilter, openFilter } from '../../src/breaches/filter/reader.ts'
import { keyOf } from '../../src/breaches/password-key.ts'
import { folder, hashLines, sha1, writeLines } from './support.ts'

const sources = [
  ['on the disk', openFilter],
  ['in memory', loadFilter],
] as const

/** Blocks nearly as full as they get: the worst that the rate can be, and the best for the size. */
const ENTRIES = 32_000

const built = new Map<number, Promise<Buffer>>()

/** A file of the test's own; made once for each size. */
async function builtFilter(entries = ENTRIES): Promise<string> {
  const bytes = built.get(entries) ?? build(entries)
  built.set(entries, bytes)
  const path = join(await folder(), 'list.filter')
  await writeFile(path, await bytes)
  return path
}

async function build(entries: number): Promise<Buffer> {
  const home = await folder()
  const source = await writeLines(join(home, 'list.txt'), hashLines('in', entries).sort())
  const out = join(home, 'list.filter')
  await buildBreachList({ source, out, kind: 'hashes' })
  return readFile(out)
}

/** The reader without the disk: a million look-ups in a second. */
async function inMemory(path: string) {
  const bytes = await readFile(path)
  const decoded = decodeHeader(bytes, bytes.length)
  if (!decoded.ok) throw new Error(decoded.error)
  const header = decoded.value
  const offset = (bucket: number) => Number(bytes.readBigUInt64LE(header.indexAt + bucket * 8))
  const has = (key: number) => {
    const bucket = bucketOf(key, header)
    return bucketHolds(bytes.subarray(offset(bucket), offset(bucket + 1)), bucket, key, header)
  }
  return { header, has }
}

/** Spread as evenly as hashes are and the same at every run (xorshift, 32 bits): a million hashes would take seconds. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

describe('[MOS-3] a filter of breached passwords', () => {
  it('finds every entry, and hardly anything else, in at most two and a half bytes for each', async () => {
    const { header, has } = await inMemory(await builtFilter())
    expect(header.entries).toBe(ENTRIES)
    for (let number = 0; number < ENTRIES; number++) expect(has(keyOf(sha1(`in-${number}`)))).toBe(true)
    expect(header.length / header.entries).toBeLessThan(2.5)
    expect(header.falsePositiveRate).toBeLessThan(1 / 65_000)
    const TRIED = 100_000
    const next = numbers(20)
    let found = 0
    for (let tried = 0; tried < TRIED; tried++) if (has(next() * 2 ** 21 + (next() >>> 11))) found++
    expect(found).toBeLessThan(TRIED / 65_000 + 4 * Math.sqrt(TRIED / 65_000))
  })

  it.each([2, 5])(
    'takes 1 in 65,000 others for an entry at most: counted over all there are, with %i entries',
    async (entries) => {
      const { header, has } = await inMemory(await builtFilter(entries))
      expect(header.bucketBits).toBe(0)
      const values = 2 ** (Math.ceil(Math.log2(entries)) + 16)
      const next = numbers(entries)
      let found = 0
      // A value is the first bits of a hash; what stands behind them is as it comes.
      for (let value = 0; value < values; value++) if (has(((value + next() / 2 ** 32) / values) * 2 ** 53)) found++
      expect(found).toBe(entries)
      expect(header.falsePositiveRate).toBe(entries / values)
      expect(found / values).toBeLessThan(1 / 65_000)
    },
  )

  it.each([1, 2, 3, 2047, 2049])('holds %i entries as well', async (entries) => {
    const { header, has } = await inMemory(await builtFilter(entries))
    for (let number = 0; number < entries; number++) expect(has(keyOf(sha1(`in-${number}`)))).toBe(true)
    expect(header.falsePositiveRate).toBeLessThanOrEqual(1 / 65_536)
  })

  it.each(sources)('answers any number of people at once: %s', async (_, open) => {
    const filter = await open(await builtFilter(20_000))
    const asked = Array.from({ length: 400 }, (_, number) => `${number % 2 ? 'in' : 'out'}-${number}`)
    const answers = await Promise.all(asked.map((password) => filter.has(keyOf(sha1(password)))))
    expect(answers).toEqual(asked.map((password) => password.startsWith('in')))
    await filter.close()
  })
})

const flipped = async (path: string, position: number): Promise<string> => {
  const copy = `${path}.damaged`
  await copyFile(path, copy)
  const file = await openFile(copy, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, position)
  byte.writeUInt8(byte.readUInt8(0) ^ 0x10)
  await file.write(byte, 0, 1, position)
  await file.close()
  return copy
}

describe.each(sources)('a filter that is not what was written: %s', (_, open) => {
  it.each(Array.from({ length: 16 }, (_, at) => at * 8))(
    'is refused when byte %i of its header is another',
    async (at) => {
      await expect(open(await flipped(await builtFilter(100), at))).rejects.toMatchObject({
        code: 'breach-list-unusable',
      })
    },
  )

  it('is refused when it was cut short, or is something else, or nothing', async () => {
    const path = await builtFilter(5000)
    await truncate(path, (await readFile(path)).length - 1)
    await expect(open(path)).rejects.toMatchObject({ message: expect.stringMatching(/is not whole/) })
    await writeFile(path, 'password\n'.repeat(100))
    await expect(open(path)).rejects.toMatchObject({ message: expect.stringMatching(/is not a filter/) })
    await writeFile(path, '')
    await expect(open(path)).rejects.toMatchObject({ code: 'breach-list-unusable' })
    await expect(open(`${path}.gone`)).rejects.toMatchObject({ message: expect.stringMatching(/ENOENT/) })
  })

  it('never answers "unknown" out of a damaged block or a damaged index', async () => {
    const path = await builtFilter(1000)
    const length = (await readFile(path)).length
    for (let at = 128; at < length; at += 7) {
      const filter = await open(await flipped(path, at))
      await expect(filter.has(keyOf(sha1('in-1')))).rejects.toMatchObject({ code: 'breach-list-unusable' })
      expect(await filter.isWhole()).toBe(false)
      await filter.close()
    }
    const whole = await open(path)
    expect(await whole.isWhole()).toBe(true)
    await whole.close()
  })
})
