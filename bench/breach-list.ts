import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openFilter } from '../src/breaches/filter/reader.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome } from './support/home.ts'

const ENTRIES = 5_000_000
const LOOKUPS = 200_000
const AT_A_TIME = 64
const BATCH = 50_000

/** Hashes in ascending order without sorting: a step of chance on average, and bytes of chance behind it. */
async function writeOrdered(file: FileHandle): Promise<void> {
  const step = 2 ** 48 / ENTRIES
  for (let batch = 0; batch < ENTRIES; batch += BATCH) {
    const tails = randomBytes(BATCH * 14)
    const lines = Array.from({ length: BATCH }, (_, n) => {
      const head = Math.floor((batch + n + Math.random()) * step)
      return `${head.toString(16).padStart(12, '0')}${tails.toString('hex', n * 14, n * 14 + 14)}:${n}\r\n`
    })
    await file.write(lines.join(''))
  }
}

async function writeInAnyOrder(file: FileHandle): Promise<void> {
  for (let batch = 0; batch < ENTRIES; batch += BATCH) {
    const bytes = randomBytes(BATCH * 20)
    const lines = Array.from({ length: BATCH }, (_, n) => `${bytes.toString('hex', n * 20, n * 20 + 20)}:${n}\r\n`)
    await file.write(lines.join(''))
  }
}

/** In a process of its own, whose memory is the build's alone. */
async function build(list: string, out: string): Promise<{ seconds: number; megabytes: number }> {
  const program = `
    import { buildBreachList } from ${JSON.stringify(join(import.meta.dirname, '../src/breaches/build/build.ts'))}
    const began = performance.now()
    await buildBreachList({ source: process.argv[1], out: process.argv[2], kind: 'hashes' })
    const seconds = (performance.now() - began) / 1000
    console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024 }))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, list, out])
  return JSON.parse(stdout)
}

async function lookUp(path: string): Promise<{ found: number; seconds: number }> {
  const filter = await openFilter(path)
  const began = performance.now()
  let found = 0
  const ask = async () => {
    for (let asked = 0; asked < LOOKUPS / AT_A_TIME; asked++)
      if (await filter.has(randomBytes(8).readUIntBE(0, 6) * 32 + Math.floor(Math.random() * 32))) found++
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, ask))
  const seconds = (performance.now() - began) / 1000
  await filter.close()
  return { found, seconds }
}

export const breachList: Bench = {
  promise: 'A billion breached passwords become a filter in minutes, in memory that does not grow',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    const [list, out] = [join(home.folder, 'list.txt'), join(home.folder, 'filter')]
    const figures: Figure[] = []
    for (const [order, write, megabytes] of [
      ['ordered by hash', writeOrdered, 150],
      ['in any order', writeInAnyOrder, 300],
    ] as const) {
      await using file = await open(list, 'w')
      await write(file)
      const built = await build(list, `${out} ${order}`)
      figures.push(
        { name: `${order}: entries a second`, unit: '/s', samples: [ENTRIES / built.seconds] },
        { name: `${order}: most memory`, unit: 'MB', samples: [built.megabytes], bound: { atMost: megabytes } },
      )
    }
    const filter = await openFilter(`${out} ordered by hash`)
    const { header } = filter
    await filter.close()
    const { found, seconds } = await lookUp(`${out} ordered by hash`)
    return [
      ...figures,
      { name: 'bytes an entry', unit: '', samples: [header.length / header.entries], bound: { atMost: 2.5 } },
      {
        name: 'false positives, stated: 1 in',
        unit: '',
        samples: [1 / header.falsePositiveRate],
        bound: { atLeast: 65_000 },
      },
      { name: `false positives, found by ${LOOKUPS} look-ups`, unit: '', samples: [found] },
      { name: 'look-ups a second, 64 at a time', unit: '/s', samples: [LOOKUPS / seconds] },
    ]
  },
}
