import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type BuildOptions, type BuildStep, buildBreachList } from '../../src/breaches/build/build.ts'
import { sortedKeys } from '../../src/breaches/build/sorted-keys.ts'
import { openFilter } from '../../src/breaches/filter/reader.ts'
import { keyOf } from '../../src/breaches/password-key.ts'
import { folder, hashLines, hexOf, sha1, writeLines } from './support.ts'

const build = (source: string, out: string, options: Partial<BuildOptions> = {}) =>
  buildBreachList({ source, out, kind: 'hashes', ...options })

async function findsIn(path: string, passwords: readonly string[]): Promise<boolean[]> {
  const filter = await openFilter(path)
  try {
    return await Promise.all(passwords.map((password) => filter.has(keyOf(sha1(password)))))
  } finally {
    await filter.close()
  }
}

describe('[MOS-3] a list of breached passwords', () => {
  it('becomes the same filter in any order, in either case, with any line end, packed or not, with or without counts', async () => {
    const home = await folder()
    const lines = hashLines('p', 6000)
    const ordered = lines.toSorted()
    const variants = {
      ordered: ordered.join('\r\n'),
      byCount: lines.toReversed().join('\n'),
      twice: `${lines.join('\n')}\n\n${ordered.slice(0, 99).join('\n')}\n`,
      lower: ordered.map((line) => line.toLowerCase()).join('\n'),
      bare: ordered.map((line) => line.slice(0, 40)).join('\n'),
      packed: gzipSync(lines.join('\r\n')),
    }
    const filters: Buffer[] = []
    for (const [name, content] of Object.entries(variants)) {
      await writeFile(join(home, name), content)
      const { wasOrdered } = await build(join(home, name), join(home, `${name}.filter`))
      expect(wasOrdered).toBe(['ordered', 'lower', 'bare'].includes(name))
      filters.push(await readFile(join(home, `${name}.filter`)))
    }
    for (const filter of filters) expect(filter.equals(filters[0] ?? Buffer.alloc(0))).toBe(true)
  })

  it('may be longer than a block, with lines that lie across two', async () => {
    const home = await folder()
    const lines = hashLines('long', 100_000)
    const source = await writeLines(join(home, 'list'), lines)
    const { lines: read, header } = await build(source, join(home, 'filter'))
    expect([read, header.entries]).toEqual([100_000, 100_000])
    await writeLines(source, lines.toSorted())
    await build(source, join(home, 'again'))
    expect((await readFile(join(home, 'filter'))).equals(await readFile(join(home, 'again')))).toBe(true)
  })

  it('may hold the passwords themselves, which are composed before they are hashed', async () => {
    const home = await folder()
    await writeFile(join(home, 'list'), 'letmein\r\nMu\u0308ller\nno end')
    await build(join(home, 'list'), join(home, 'filter'), { kind: 'plain' })
    expect(await findsIn(join(home, 'filter'), ['letmein', 'M\u00fcller', 'no end', 'letmein\r'])).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  it('can be cut down to what was seen often', async () => {
    const home = await folder()
    const source = await writeLines(join(home, 'list'), hashLines('p', 100).sort())
    const { header } = await build(source, join(home, 'filter'), { minCount: 91 })
    expect(header.entries).toBe(10)
    expect(await findsIn(join(home, 'filter'), ['p-89', 'p-90'])).toEqual([false, true])
  })

  it.each([
    ['not-a-hash', /Line 3 of .* begins with 0 hexadecimal digits where a SHA-1 has 40/],
    [hexOf('x').slice(0, 32), /Line 3 of .* NTLM list/],
    [`${hexOf('x')} 5`, /Line 3 of .* other than ":" and a count/],
    [`${hexOf('x')}:`, /Line 3 of .* other than ":" and a count/],
    [hexOf('x').slice(0, 39), /Line 3 of .* 39 hexadecimal digits/],
  ])('with the malformed line %s stops the work and names the line, or goes on without it', async (line, reason) => {
    const home = await folder()
    const lines = hashLines('p', 4).sort()
    const source = await writeLines(join(home, 'list'), lines.toSpliced(2, 0, line))
    const refused = await build(source, join(home, 'filter')).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'breach-list-source-invalid', message: expect.stringMatching(reason) })
    expect(await readdir(home)).toEqual(['list'])
    const { badLines, header } = await build(source, join(home, 'filter'), { skipBad: true })
    expect([badLines, header.entries]).toEqual([1, 4])
  })

  it('that gives nothing is refused: a filter of it would look switched on', async () => {
    const home = await folder()
    await writeFile(join(home, 'list'), '\n\n')
    await expect(build(join(home, 'list'), join(home, 'filter'))).rejects.toMatchObject({
      code: 'breach-list-source-invalid',
    })
    await expect(build(join(home, 'gone'), join(home, 'filter'))).rejects.toMatchObject({
      message: expect.stringMatching(/ENOENT/),
    })
    await writeFile(join(home, 'list.gz'), gzipSync(hashLines('p', 3000).join('\n')).subarray(0, 5000))
    await expect(build(join(home, 'list.gz'), join(home, 'filter'))).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be unpacked/),
    })
    expect((await readdir(home)).sort()).toEqual(['list', 'list.gz'])
  })
})

describe('the filter file', () => {
  it('is there whole or not at all, and replaces another one only when told to', async () => {
    const home = await folder()
    const source = await writeLines(join(home, 'list'), hashLines('p', 1000))
    const out = join(home, 'filter')
    await writeFile(out, 'what was there')
    await expect(build(source, out)).rejects.toMatchObject({ code: 'breach-list-exists' })
    const stopped = AbortSignal.abort()
    await expect(build(source, out, { force: true, signal: stopped })).rejects.toMatchObject({ code: 'interrupted' })
    expect(await readFile(out, 'utf8')).toBe('what was there')
    await expect(build(source, source, { force: true })).rejects.toMatchObject({ code: 'usage-error' })
    await build(source, out, { force: true })
    expect(await findsIn(out, ['p-1'])).toEqual([true])
    expect((await readdir(home)).sort()).toEqual(['filter', 'list'])
    await expect(build(source, join(home, 'no', 'such', 'place'))).rejects.toMatchObject({
      code: 'breach-list-not-written',
      message: expect.stringMatching(/directory does not exist/),
    })
  })

  it('leaves nothing behind when the work is stopped in its middle, sorting too', async () => {
    const home = await folder()
    const source = await writeLines(join(home, 'list'), hashLines('p', 100_000))
    for (const isTime of [({ done }: BuildStep) => done > 0, ({ done, total }: BuildStep) => done === total]) {
      const stopping = new AbortController()
      const onStep = (step: BuildStep) => (isTime(step) ? stopping.abort() : undefined)
      const { signal } = stopping
      await expect(build(source, join(home, 'filter'), { signal, onStep })).rejects.toMatchObject({
        code: 'interrupted',
      })
      expect(await readdir(home)).toEqual(['list'])
    }
  })

  const child = (limit: string, ...args: string[]) =>
    promisify(execFile)('sh', [
      '-c',
      `${limit} exec "$0" "$@"`,
      process.execPath,
      join(import.meta.dirname, 'build-child.ts'),
      ...args,
    ])

  it('leaves nothing behind on a disk that takes no more', async () => {
    const home = await folder()
    const source = await writeLines(join(home, 'list'), hashLines('p', 60_000).sort())
    // The largest file may have 64 blocks of 512 bytes: the write fails, as on a full disk.
    const failed: unknown = await child('ulimit -f 64;', source, join(home, 'filter')).catch((error: unknown) => error)
    expect(failed).toMatchObject({ stdout: 'breach-list-not-written' })
    expect(await readdir(home)).toEqual(['list'])
  })

  it('takes no more memory to build from a long list than from a short one', async () => {
    const home = await folder()
    const LINES = 400_000
    const bytes = randomBytes(16 * LINES)
    const first = (n: number) =>
      Math.floor((n / LINES) * 2 ** 32)
        .toString(16)
        .padStart(8, '0')
    const lines = Array.from({ length: LINES }, (_, n) => `${first(n)}${bytes.toString('hex', n * 16, n * 16 + 16)}:7`)
    const peak = async (some: readonly string[]) => {
      const source = await writeLines(join(home, 'list'), some)
      return Number((await child('', source, join(home, `${some.length}-${some[0]}`))).stdout)
    }
    // Made in order, for to sort them took longer than all the rest; the step has no divisor in common with their number.
    const inAnyOrder = await peak(lines.map((_, n) => lines[(n * 7919 + 1) % LINES] ?? ''))
    const short = await peak(lines.slice(0, 20_000))
    expect((await peak(lines)) - short).toBeLessThan(30)
    // So few keys are one part, which is sorted in memory.
    expect(inAnyOrder - short).toBeLessThan(50)
  }, 60_000)

  it('is sorted in parts that a machine has memory for, however long the list', async () => {
    const home = await folder()
    const sorting = await sortedKeys(home, 1_000_000_000)
    const keys = Float64Array.from({ length: 50_000 }, (_, n) => keyOf(sha1(`${n}`)))
    await sorting.add(keys.subarray(0, 30_000))
    await sorting.add(keys.subarray(30_000))
    const given: number[] = []
    for await (const batch of sorting.batches()) {
      // Of a billion it would be four million: 32 MB.
      expect(batch.length).toBeLessThan(300)
      given.push(...batch)
    }
    await sorting.close()
    expect(given).toEqual([...keys.sort()])
    expect(await readdir(home)).toEqual([])
  })
})
