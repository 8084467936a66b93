import { describe, expect, it } from 'vitest'
import { fromBase64url, toBase64url } from '../../src/lib/base64url.ts'

describe('base64url', () => {
  it('round-trips', () => {
    expect(fromBase64url(toBase64url(Buffer.from([1, 2, 255])))).toEqual(Buffer.from([1, 2, 255]))
  })

  it.each(['QQ==', 'QR', 'Q Q', 'QQ\n', 'Q+', 'Q/', 'Q'])(
    'refuses %j, a second text for the same bytes or none',
    (text) => {
      expect(fromBase64url(text)).toBeUndefined()
    },
  )
})
