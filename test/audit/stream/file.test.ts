import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fileTarget } from '../../../src/audit/stream/file.ts'
import { inPieces } from '../../../src/audit/stream/pieces.ts'
import { HELD_MS } from '../../../src/audit/stream/place.ts'
import { ENTRIES_AT_ONCE } from '../../../src/audit/stream/read.ts'
import { stdoutTarget } from '../../../src/audit/stream/stdout.ts'
import type { StreamTarget } from '../../../src/audit/stream/target.ts'
import { auditLine } from '../../../src/audit/verify/line.ts'
import { frozenClock } from '../../support/clock.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { numbersTo, streamWorld } from './support.ts'

/** As a server that ends does it, also where the test is of one that did not. */
function toFile(path: string): StreamTarget {
  const target = fileTarget(path)
  onTestFinished(() => target.close())
  return target
}

const newFile = () => join(scratchDirectory('audit'), 'audit.ndjson')
const linesIn = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean)
const numbersIn = (path: string) => linesIn(path).map((line) => Number(/"seq":(\d+)/.exec(line)?.[1]))

/** Then an instance is no new one. */
const OLD_MS = 2 * 3_600_000

describe('the log in a file [MON-13] [STO-12]', () => {
  it('is one line of an export for each entry, and for its owner alone', async () => {
    const world = await streamWorld()
    const path = newFile()
    const pump = world.pumpTo(toFile(path))
    await pump.step()
    const last = await world.grow(3)
    expect(await pump.step()).toBe('more')
    expect(await pump.step()).toBe('idle')
    expect(numbersIn(path)).toEqual(numbersTo(last))
    for (const line of linesIn(path)) expect(auditLine.parse(JSON.parse(line)).type).toBe('entry')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await world.place('stream-file')).toBe(last)
  })

  it('begins with a new instance, whose first moments are what comes', async () => {
    const world = await streamWorld()
    const path = newFile()
    const last = await world.grow(2)
    const pump = world.pumpTo(toFile(path))
    await pump.step()
    await pump.step()
    expect(numbersIn(path)).toEqual(numbersTo(last))
  })

  it('begins with what comes, and goes on where it was', async () => {
    const world = await streamWorld()
    const path = newFile()
    const before = await world.grow(2)
    world.clock.advance(OLD_MS)
    const first = world.pumpTo(toFile(path))
    await first.step()
    await world.grow(1)
    await first.step()
    await first.stop()
    const last = await world.grow(2)
    const second = world.pumpTo(toFile(path))
    await second.step()
    expect(numbersIn(path)).toEqual(numbersTo(last).slice(before))
  })

  it('moved away by whoever rotates logs, is begun anew under its name, and no line is lost', async () => {
    const world = await streamWorld()
    const path = newFile()
    const pump = world.pumpTo(toFile(path))
    await pump.step()
    const first = await world.grow(2)
    await pump.step()
    renameSync(path, `${path}.1`)
    const last = await world.grow(2)
    await pump.step()
    expect([numbersIn(`${path}.1`), numbersIn(path)]).toEqual([numbersTo(first), numbersTo(last).slice(first)])
    rmSync(path)
    await world.grow(1)
    await pump.step()
    expect(numbersIn(path)).toEqual([last + 1])
  })

  it('killed between the line and the place, writes the line again: at least once', async () => {
    const world = await streamWorld()
    const path = newFile()
    const target = toFile(path)
    const dies: StreamTarget = { ...target, settle: () => Promise.reject(new Error('killed')) }
    const first = world.pumpTo(dies)
    await world.grow(2)
    world.clock.advance(OLD_MS)
    await first.step()
    const last = await world.grow(3)
    await first.step()
    expect(numbersIn(path)).toEqual([3, 4, 5])
    // It never said goodbye: until it has been silent for long enough, nobody takes over.
    const second = world.pumpTo(toFile(path))
    expect(await second.step()).toBe('elsewhere')
    world.clock.advance(HELD_MS + 1)
    expect(await second.step()).toBe('more')
    expect(numbersIn(path)).toEqual([3, 4, 5, 3, 4, 5])
    expect(await world.place('stream-file')).toBe(last)
  })

  it('ends the half of a line that a crash left', async () => {
    const world = await streamWorld()
    const path = newFile()
    appendFileSync(path, '{"type":"entry","seq":1,"en')
    const pump = world.pumpTo(toFile(path))
    await pump.step()
    await world.grow(1)
    await pump.step()
    const [half, whole = ''] = linesIn(path)
    expect(half).toBe('{"type":"entry","seq":1,"en')
    expect(auditLine.parse(JSON.parse(whole)).type).toBe('entry')
  })

  it.runIf(process.platform === 'linux')(
    'full in the middle of a line, goes on with that entry whole on a line of its own',
    async () => {
      const world = await streamWorld()
      const path = newFile()
      const file = toFile(path)
      const pump = world.pumpTo(file)
      await pump.step()
      await world.grow(1)
      await pump.step()
      const { size } = statSync(path)
      execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${size + 300}:unlimited`])
      const last = await world.grow(3)
      try {
        expect(await pump.step()).toBe('failed')
      } finally {
        execFileSync('prlimit', ['--pid', `${process.pid}`, '--fsize=unlimited:unlimited'])
      }
      expect(statSync(path).size).toBe(size + 300)
      expect(await pump.step()).toBe('more')
      const whole = linesIn(path).flatMap((line) => (line.endsWith('}') ? [JSON.parse(line)] : []))
      expect(whole.map(({ seq }) => seq)).toEqual(numbersTo(last))
      expect(linesIn(path)).toHaveLength(last + 1)
    },
  )

  it('is not written through a symbolic link', async () => {
    const world = await streamWorld()
    const [path, elsewhere] = [newFile(), newFile()]
    symlinkSync(elsewhere, path)
    const pump = world.pumpTo(toFile(path))
    await pump.step()
    await world.grow(1)
    expect(await pump.step()).toBe('failed')
    expect(existsSync(elsewhere)).toBe(false)
  })

  it('held by a process whose clock was far ahead, is taken over; held and not moved on, is said', async () => {
    const world = await streamWorld()
    const path = newFile()
    const ahead = frozenClock('2031-06-01T00:00:00.000Z')
    await world.pumpTo(toFile(path), { clock: ahead }).step()
    const pump = world.pumpTo(toFile(path))
    await world.grow(1)
    expect(await pump.step()).toBe('more')
    // A clock that is two minutes ahead is believed, and whoever waits for it says so.
    const near = frozenClock(new Date(world.clock.now().getTime() + 120_000).toISOString())
    await pump.stop()
    await world.pumpTo(toFile(path), { clock: near }).step()
    await world.grow(1)
    const other = world.pumpTo(toFile(path))
    for (let n = 0; n < 9; n++) {
      expect(await other.step()).toBe('elsewhere')
      world.clock.advance(10_000)
    }
    expect(world.said('does not come on')).toBe(1)
  })

  it('that cannot be written, is tried again, and other targets go on meanwhile', async () => {
    const world = await streamWorld()
    const missing = join(newFile(), 'no-folder', 'audit.ndjson')
    const path = newFile()
    const [broken, works] = [world.pumpTo(toFile(missing)), world.pumpTo({ ...toFile(path), name: 'stdout' })]
    for (const pump of [broken, works]) await pump.step()
    const last = await world.grow(2)
    expect([await broken.step(), await works.step(), await broken.step()]).toEqual(['failed', 'more', 'failed'])
    expect(numbersIn(path)).toEqual(numbersTo(last))
    expect(world.said('does not reach')).toBe(1)
    expect(existsSync(missing)).toBe(false)
  })

  it('by one process at a time: another one waits, and goes on from there when the first is stopped', async () => {
    const world = await streamWorld()
    const path = newFile()
    const [first, second] = [world.pumpTo(toFile(path)), world.pumpTo(toFile(path))]
    await first.step()
    await world.grow(2)
    expect(await second.step()).toBe('elsewhere')
    await first.step()
    await first.stop()
    const last = await world.grow(1)
    expect(await second.step()).toBe('more')
    expect(numbersIn(path)).toEqual(numbersTo(last))
  })

  it('takes a backlog in pieces', async () => {
    const world = await streamWorld()
    const path = newFile()
    const sizes: number[] = []
    const target = toFile(path)
    const counted: StreamTarget = {
      ...target,
      write: (lines, mark) => {
        sizes.push(lines.length)
        return target.write(lines, mark)
      },
    }
    const pump = world.pumpTo(counted)
    await pump.step()
    const last = await world.grow(2 * ENTRIES_AT_ONCE + 1)
    while ((await pump.step()) === 'more');
    expect(sizes).toEqual([ENTRIES_AT_ONCE, ENTRIES_AT_ONCE, 1])
    expect(numbersIn(path)).toEqual(numbersTo(last))
  })
})

describe('the log on standard output', () => {
  it('is the same lines, and counts when they have left', async () => {
    const world = await streamWorld()
    const written: string[] = []
    const leave: (() => void)[] = []
    const output = {
      write: (text: string, done: () => void) => {
        written.push(text)
        leave.push(done)
      },
    }
    const pump = world.pumpTo(stdoutTarget(output))
    await pump.step()
    const last = await world.grow(2)
    const stepping = pump.step()
    while (leave.length === 0) await new Promise(setImmediate)
    expect(await world.place('stream-stdout')).toBe(0)
    leave[0]?.()
    await stepping
    expect(await world.place('stream-stdout')).toBe(last)
    expect(written.join('').trim().split('\n')).toHaveLength(last)
  })
})

it('the log leaves in pieces of whole lines, however much of it there is at once', () => {
  const line = (json: string) => ({ json, at: new Date(0), name: 'x', facts: {} })
  const lines = [3, 3, 3, 9, 1].map((length) => line('x'.repeat(length)))
  expect([...inPieces(lines, 7)]).toEqual(['xxx\nxxx\n', 'xxx\n', 'xxxxxxxxx\n', 'x\n'])
  expect([...inPieces([], 7)]).toEqual([])
})
