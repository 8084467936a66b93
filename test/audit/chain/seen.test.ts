import { describe, expect, it } from 'vitest'
import { isFromTheFuture, parseSeen, seenText, seenUpTo } from '../../../src/audit/chain/seen.ts'

describe('what was seen', () => {
  it.each(['1:1:', '5:9:5,7', '744:744:', '10:20:10,11,19'])('is read and written as PostgreSQL does: %s', (text) => {
    expect(seenText(parseSeen(text))).toBe(text)
  })

  it('is not believed when it ends where this server has not come yet', () => {
    expect(isFromTheFuture(parseSeen('5:21:5'), parseSeen('9:20:9'))).toBe(true)
    expect(isFromTheFuture(parseSeen('5:20:5'), parseSeen('9:20:9'))).toBe(false)
  })

  /** [before, now, up to which transaction was taken, what is seen then] */
  it.each([
    ['8:10:8', '8:50:8,33', '30', '8:30:8', 'who is open stays open, and who began later is yet to be looked at'],
    ['8:10:8', '33:50:33,40', '35', '33:35:33', 'who was late and has been taken is done'],
    ['8:10:8', '50:50:', '10', '10:10:', 'all who were late, and nobody else'],
    ['5:20:5,8,12', '12:50:12', '8', '8:20:8,12', 'of those who were late some: the end does not go back'],
    ['5:20:5,8,12', '5:50:5', '12', '5:20:5,12', 'of those who were late one is open still'],
  ])('%s, now %s, taken up to %s: %s (%s)', (before, now, cut, seen) => {
    expect(seenText(seenUpTo(parseSeen(before), parseSeen(now), BigInt(cut)))).toBe(seen)
  })
})
