import { describe, expect, it } from 'vitest'
import { deviceOf } from '../../src/sessions/device.ts'
import { workSince } from '../support/work.ts'

const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'
const edge =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0'

describe('the device of a session', () => {
  it.each([
    ['a phone', iphone, { browser: 'Safari', system: 'iOS', kind: 'mobile' }],
    ['a desktop', edge, { browser: 'Microsoft Edge', system: 'Windows', kind: 'desktop' }],
    ['nothing', undefined, {}],
    ['only spaces', '   ', {}],
    ['no browser that is known', '?', {}],
  ])('is told from what the browser says: %s', (_what, userAgent, device) => {
    expect(deviceOf(userAgent)).toEqual(device)
  })

  it('is told in no time from the longest nonsense, and never longer than a label', () => {
    const nonsense = [`${'x'.repeat(100_000)}/1.0`, 'Mozilla/5.0 ('.repeat(5000), `${'(;'.repeat(30_000)}Android`]
    const work = workSince()
    for (const userAgent of nonsense)
      for (const part of Object.values(deviceOf(userAgent))) expect(part?.length).toBeLessThanOrEqual(40)
    expect(work()).toBeLessThan(200)
  })
})
