import { describe, expect, it } from 'vitest'
import { printReport } from '../../src/config/report.ts'
import { load, problemsOf } from './surroundings.ts'

describe('a limit', () => {
  it.each(['10/15m', '1/1s', '1000000/24h'])('is how many in which time: %s', (text) => {
    const { limits } = load({ yaml: `limits: { signIn: { email: ${text} } }` }).config
    expect(String(limits.signIn.email).replace('1d', '24h')).toBe(text)
  })

  it('is taken away by "off"', () => {
    expect(load({ yaml: 'limits: { signIn: { email: off } }' }).config.limits.signIn.email).toBe('off')
  })

  it.each(['10', '0/1m', '10/0s', '10/500ms', '10/25h', '10/2d', '1000001/1m', '-1/1m', '10 / 1m', 'none', '1e3/1m'])(
    '%s is refused with the form it takes',
    (text) => {
      expect(problemsOf({ yaml: `limits: { signIn: { email: "${text}" } }` })).toEqual([
        'hearthkey.yaml:1 limits.signIn.email: expected how many in which time, at most 1000000 in 24h, or off, such as 10/15m',
      ])
    },
  )

  it('of a name that is none is refused with the one that was meant', () => {
    expect(problemsOf({ yaml: 'limits: { signin: { email: 10/1m } }' })).toEqual([
      expect.stringContaining('did you mean "limits.signIn"?'),
    ])
  })
})

describe('the steps of a lockout', () => {
  it('are failures and pauses, and print as they are written', () => {
    const loaded = load({ yaml: 'lockout: { steps: "3:30s,  6:15m, 9:1h" }' })
    expect(loaded.config.lockout.steps.steps).toEqual([
      { failures: 3, lockedFor: 30_000 },
      { failures: 6, lockedFor: 900_000 },
      { failures: 9, lockedFor: 3_600_000 },
    ])
    expect(printReport(loaded).text).toMatch(/lockout\.steps +3:30s, 6:15m, 9:1h/)
    expect(JSON.stringify(printReport(loaded).json)).toContain('"3:30s, 6:15m, 9:1h"')
  })

  it.each([
    ['5:5m, 10', 'step 2 of 2: expected failures:time, such as 5:5m'],
    ['', 'step 1 of 1: expected failures:time, such as 5:5m'],
    ['5:5m, 5:10m', 'step 2 of 2: expected more failures than in the step before it'],
    ['5:5m, 10:1m', 'step 2 of 2: expected no shorter a time than in the step before it'],
    ['0:5m', 'step 1 of 1: expected 1 to 100 failures'],
    ['5:5m, 101:10m', 'step 2 of 2: expected 1 to 100 failures'],
    ['5:25h', 'step 1 of 1: expected a time from 1s to 24h'],
    ['5:0s', 'step 1 of 1: expected a time from 1s to 24h'],
  ])('"%s" is refused with the step that is wrong', (text, reason) => {
    expect(problemsOf({ yaml: `lockout: { steps: "${text}" }` })).toEqual([`hearthkey.yaml:1 lockout.steps: ${reason}`])
  })

  it('end in a hundred failures at most, never more (NIST SP 800-63B-4)', () => {
    expect(problemsOf({ yaml: 'lockout: { offAfter: 101 }' })).toEqual([
      'hearthkey.yaml:1 lockout.offAfter: expected a whole number from 5 to 100',
    ])
  })
})

describe('REDIS_URL', () => {
  it('is taken apart', () => {
    const { redisUrl } = load({ env: { REDIS_URL: 'rediss://me:s%2Fcret@cache.example.com/3' } }).config.limits
    expect(redisUrl).toMatchObject({ host: 'cache.example.com', port: 6379, user: 'me', database: 3, tls: true })
    expect(redisUrl?.password?.reveal()).toBe('s/cret')
    const plain = load({ env: { REDIS_URL: 'redis://[::1]:6380' } }).config.limits.redisUrl
    expect(plain).toMatchObject({
      host: '::1',
      port: 6380,
      user: undefined,
      password: undefined,
      database: 0,
      tls: false,
    })
  })

  it.each([
    'localhost:6379',
    'http://localhost',
    'redis://:hunter2@/0',
    'redis://:hunter2@host/name',
    'redis://:hunter2@host/0?x=y',
    'redis://:hunter2@host/0#a',
    'redis://:hunter2%@host',
    'redis://:hun/ter2@host',
  ])('%s is refused, and nothing of it repeated', (url) => {
    const [problem = '', ...more] = problemsOf({ env: { REDIS_URL: url } })
    expect(more).toEqual([])
    expect(problem).toMatch(/^REDIS_URL: /)
    expect(problem).not.toContain('hun')
  })

  it('is a secret: never shown, and not taken from the file', () => {
    const loaded = load({ env: { REDIS_URL: 'redis://:hunter2@localhost' } })
    expect(JSON.stringify(printReport(loaded))).not.toContain('hunter2')
    expect(problemsOf({ yaml: 'limits: { redisUrl: "redis://localhost" }' })).toEqual([
      expect.stringContaining('a secret may not stand in this file'),
    ])
  })
})
