import { describe, expect, it } from 'vitest'
import { defineId } from '../../src/lib/ids.ts'
import { idsInOrder, lowestUuidAt, NEAR_ITS_TIME_MS } from '../../src/lib/ids-in-order.ts'
import { frozenClock } from '../support/clock.ts'

const kind = defineId('evt')
const timeIn = (id: ReturnType<typeof kind.generate>) =>
  Number.parseInt(kind.toUuid(id).replaceAll('-', '').slice(0, 12), 16)

describe('ids that say when', () => {
  it('have the time of the clock, and rise within one of its milliseconds, whoever asks', () => {
    const clock = frozenClock()
    const rooms = [idsInOrder(kind, clock), idsInOrder(kind, clock)]
    const made = Array.from({ length: 2_000 }, (_, at) => rooms[at % 2]?.().id ?? '')
    expect(made.toSorted()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
    const { id, at } = idsInOrder(kind, clock)()
    expect([timeIn(id), at]).toEqual([clock.now().getTime(), clock.now()])
  })

  it('rise on while a clock is set back a little, and follow one that is set back by more', () => {
    const clock = frozenClock()
    const next = idsInOrder(kind, clock)
    const before = next().id
    clock.advance(-NEAR_ITS_TIME_MS)
    const meanwhile = next()
    expect(meanwhile.id > before).toBe(true)
    expect(timeIn(meanwhile.id) - meanwhile.at.getTime()).toBe(NEAR_ITS_TIME_MS)
    clock.advance(-1)
    const { id, at } = next()
    expect(timeIn(id)).toBe(at.getTime())
  })

  it('lie behind the lowest of their millisecond and before that of the next', () => {
    const clock = frozenClock()
    const uuid = kind.toUuid(idsInOrder(kind, clock)().id)
    expect(uuid > lowestUuidAt(clock.now())).toBe(true)
    expect(uuid < lowestUuidAt(new Date(clock.now().getTime() + 1))).toBe(true)
  })
})
