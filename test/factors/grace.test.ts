import { expect, it } from 'vitest'
import { graceUntil } from '../../src/factors/grace.ts'

const DAY = 86_400_000
const now = new Date('2030-01-15T12:00:00Z')
const ago = (days: number) => new Date(now.getTime() - days * DAY)
const until = (grace: number, graceBeganAt: Date | undefined, mustEnrol = false) =>
  graceUntil({ grace }, { graceBeganAt, mustEnrol }, now)

it('[MOS-5] begins when somebody first meets the rule, and lasts as long as the rule of today gives', () => {
  expect(until(14 * DAY, undefined)).toEqual(ago(-14))
  expect(until(14 * DAY, ago(4))).toEqual(ago(-10))
  expect(until(5 * DAY, ago(4))).toEqual(ago(-1))
})

it('is over at its very end, and stays over', () => {
  expect(until(14 * DAY, ago(14))).toBeUndefined()
  expect(until(14 * DAY, ago(13.999))).toBeDefined()
  expect(until(14 * DAY, ago(400))).toBeUndefined()
})

it('is nobody’s where none is given, nor of somebody whose factors were taken away', () => {
  expect(until(0, undefined)).toBeUndefined()
  expect(until(14 * DAY, undefined, true)).toBeUndefined()
})
