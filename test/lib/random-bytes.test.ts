import { expect, it } from 'vitest'
import { fillRandomly } from '../../src/lib/random-bytes.ts'

it('of many draws of whatever length none is like another, and each is filled to its end', () => {
  const drawn = Array.from({ length: 20_000 }, (_, n) => {
    const bytes = Buffer.alloc(12 + (n % 5))
    fillRandomly(bytes)
    return bytes
  })
  expect(new Set(drawn.map((bytes) => bytes.toString('hex', 0, 12))).size).toBe(drawn.length)
  // Each byte of a place is as often above the middle as below it.
  for (let place = 0; place < 16; place++) {
    const there = drawn.flatMap((bytes) => bytes[place] ?? [])
    const high = there.filter((byte) => byte >= 128).length / there.length
    expect(high, `place ${place}`).toBeGreaterThan(0.4)
    expect(high, `place ${place}`).toBeLessThan(0.6)
  }
})

it('more than the pool has is refused, and not left unfilled', () => {
  expect(() => fillRandomly(new Uint8Array(4097))).toThrow(RangeError)
  const most = new Uint8Array(4096)
  fillRandomly(most)
  expect(most.subarray(-16).some((byte) => byte !== 0)).toBe(true)
})
