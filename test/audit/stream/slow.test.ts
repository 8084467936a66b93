import { describe, expect, it } from 'vitest'
import { HELD_MS, LONGEST_WORK_MS } from '../../../src/audit/stream/place.ts'
import type { PumpDeps } from '../../../src/audit/stream/pump.ts'
import type { Mark, StreamTarget } from '../../../src/audit/stream/target.ts'
import { frozenClock } from '../../support/clock.ts'
import { eventually } from '../../support/eventually.ts'
import { streamWorld } from './support.ts'

/** Often enough that a test does not wait for it. */
const hurried: Partial<PumpDeps> = { renewEveryMs: 2 }

/** A target that does what a test says while it writes. */
function taking(during: (mark: Mark) => unknown, settles = true) {
  const written: number[] = []
  let reached: Mark | undefined
  const target: StreamTarget = {
    name: 'file',
    write: async (lines, mark) => {
      await during(mark)
      written.push(lines.length)
      reached = mark
    },
    settle: async () => (settles ? reached : undefined),
    reset: () => {
      reached = undefined
    },
    close: async () => {},
  }
  return { target, written }
}

async function slowWorld() {
  const world = await streamWorld()
  const heldUntil = async () => {
    const row = world.owner.selectFrom('audit_followers').select('held_until').where('name', '=', 'stream-file')
    return (await row.executeTakeFirst())?.held_until?.getTime() ?? 0
  }
  return {
    ...world,
    /** Time goes on in a write, and it is said meanwhile that somebody still writes. */
    passes: async (ms: number) => {
      world.clock.advance(ms)
      const until = world.clock.now().getTime() + HELD_MS
      await eventually(async () => ((await heldUntil()) === until ? true : undefined))
    },
  }
}

describe('a target that is slow [MON-13]', () => {
  it('keeps its place for as long as it writes: nobody else begins with the same lines, and the place moves', async () => {
    const world = await slowWorld()
    const last = await world.grow(3)
    const others: string[] = []
    const other = taking(() => {})
    const second = world.pumpTo(other.target, hurried)
    const slow = taking(async () => {
      for (let n = 0; n < 3; n++) {
        await world.passes(0.9 * HELD_MS)
        others.push(await second.step())
      }
    })
    const first = world.pumpTo(slow.target, hurried)
    expect(await first.step()).toBe('more')
    expect(others).toEqual(['elsewhere', 'elsewhere', 'elsewhere'])
    expect([slow.written, other.written]).toEqual([[last], []])
    expect(await world.place('stream-file')).toBe(last)
  })

  it('whose place another process took meanwhile, leaves it where that one has it, and begins with nothing more', async () => {
    const world = await slowWorld()
    const before = await world.grow(2)
    // Its clock is ahead, so that to it nobody holds the place.
    const ahead = frozenClock(new Date(world.clock.now().getTime() + HELD_MS + 1).toISOString())
    const second = world.pumpTo(taking(() => {}).target, { clock: ahead })
    const slow = taking(async () => {
      await world.grow(2)
      expect(await second.step()).toBe('more')
    })
    const first = world.pumpTo(slow.target)
    expect(await first.step()).toBe('more')
    expect(await world.place('stream-file')).toBe(before + 2)
    expect(await first.step()).toBe('elsewhere')
    expect(slow.written).toEqual([before])
  })

  it('that never comes to an end keeps it for two minutes only, and moves it no more then', async () => {
    const world = await slowWorld()
    const last = await world.grow(3)
    const other = taking(() => {})
    const second = world.pumpTo(other.target, hurried)
    const hangs = taking(async () => {
      await world.passes(0.9 * HELD_MS)
      world.clock.advance(LONGEST_WORK_MS)
      expect(await second.step()).toBe('more')
      await world.grow(1)
    })
    const first = world.pumpTo(hangs.target, hurried)
    await first.step()
    expect(await world.place('stream-file')).toBe(last)
    expect(await first.step()).toBe('elsewhere')
    expect([await second.step(), await world.place('stream-file')]).toEqual(['more', last + 1])
  })

  it('is given less at once, until it is quick', async () => {
    const world = await slowWorld()
    const slow = taking(({ entry }) => world.clock.advance(entry <= 350 ? 3_000 : 10))
    const pump = world.pumpTo(slow.target)
    await world.grow(500)
    while ((await pump.step()) === 'more');
    expect(slow.written).toEqual([200, 100, 50, 25, 50, 75])
  })

  it.each(['here', 'elsewhere'])('whose place stands still is said once, whoever holds it: %s', async (where) => {
    const world = await slowWorld()
    const pump = world.pumpTo(taking(() => {}, false).target)
    const other = world.pumpTo(taking(() => {}).target)
    await pump.step()
    await world.grow(1)
    const told = where === 'here' ? 'this process holds' : 'another process holds'
    const steps = where === 'here' ? [pump] : [pump, other]
    for (let n = 0; n < 5; n++) {
      for (const one of steps) await one.step()
      world.clock.advance(9_000)
    }
    expect(world.said('does not come on')).toBe(0)
    for (let n = 0; n < 5; n++) {
      for (const one of steps) await one.step()
      world.clock.advance(9_000)
    }
    expect(world.said(told)).toBe(1)
  })

  it('that only takes long in one write is said as well', async () => {
    const world = await slowWorld()
    await world.grow(1)
    const slow = taking(async () => {
      for (let n = 0; n < 9; n++) await world.passes(0.9 * HELD_MS)
    })
    await world.pumpTo(slow.target, hurried).step()
    expect(world.said('this process holds')).toBe(1)
  })
})
