import { describe, expect, it } from 'vitest'
import { type Figure, isMissed, median, shareOfBound, table } from '../../bench/support/figures.ts'

const figure = (samples: number[], bound?: Figure['bound']): Figure => ({
  name: 'start',
  unit: 's',
  samples,
  ...(bound && { bound }),
})

describe('a goal of the bench', () => {
  it('is judged by the median, so that one slow round misses nothing', () => {
    expect(median([9, 0.5, 0.4])).toBe(0.5)
    expect(median([1, 2, 3, 10])).toBe(2.5)
    expect(isMissed(figure([9, 0.5, 0.4], { atMost: 0.6 }))).toBe(false)
  })

  it('is told as a share of its bound, whichever way the bound looks', () => {
    expect(shareOfBound(figure([0.3], { atMost: 0.6 }))).toBe(0.5)
    expect(shareOfBound(figure([0.8], { atLeast: 0.4 }))).toBe(0.5)
    expect(isMissed(figure([0.61], { atMost: 0.6 }))).toBe(true)
    expect(isMissed(figure([0.49], { atLeast: 0.5 }))).toBe(true)
  })

  it('allows nothing where nothing was allowed', () => {
    expect(isMissed(figure([0], { atMost: 0 }))).toBe(false)
    expect(isMissed(figure([1], { atMost: 0 }))).toBe(true)
  })

  it('is missed when nothing was measured', () => {
    expect(isMissed(figure([], { atMost: 1 }))).toBe(true)
    expect(isMissed(figure([Number.NaN], { atLeast: 1 }))).toBe(true)
    expect(isMissed(figure([0], { atLeast: 1 }))).toBe(true)
  })

  it('is printed with its bound and its verdict; a figure without one has neither', () => {
    const [, missed, told] = table([figure([2], { atMost: 1 }), figure([2])]).split('\n')
    expect(missed).toMatch(/2\.00 \/ 2\.00 \/ 2\.00 s {2}≤ 1 +2\.00 +MISS$/)
    expect(told).toMatch(/2\.00 \/ 2\.00 \/ 2\.00 s$/)
  })
})
