import { describe, expect, it } from 'vitest'
import { eventId } from '../../../src/audit/event.ts'
import { fail, ok } from '../../../src/lib/result.ts'
import { bodyOf, MOST_BODY_BYTES } from '../../../src/webhooks/deliveries/body.ts'
import { outcomeOf } from '../../../src/webhooks/deliveries/outcome.ts'
import { pauseAfter, readRetryAfter } from '../../../src/webhooks/deliveries/pause.ts'
import type { Entry } from '../../../src/webhooks/deliveries/ports.ts'
import { Resting } from '../../../src/webhooks/deliveries/resting.ts'
import { verdictOf } from '../../../src/webhooks/deliveries/verdict.ts'
import { endpointId } from '../../../src/webhooks/endpoints/endpoint.ts'
import { frozenClock } from '../../support/clock.ts'

const now = new Date('2030-01-15T12:00:00.000Z')
const HOUR = 60 * 60_000

describe('[TOS-5] the pause before the next attempt', () => {
  it('grows from five seconds to four hours, a fifth more or less', () => {
    const middle = (attempts: number) => pauseAfter(attempts, { random: () => 0.5 }) / 1000
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 30].map(middle)).toEqual([5, 15, 45, 135, 405, 1215, 3645, 10935, 14400, 14400])
    expect(pauseAfter(9, { random: () => 0 })).toBe(0.8 * 4 * HOUR)
    expect(pauseAfter(9, { random: () => 1 })).toBeCloseTo(1.2 * 4 * HOUR)
  })

  it('is as long as the receiver asked, though no longer than four hours', () => {
    expect(pauseAfter(1, { retryAfter: HOUR })).toBe(HOUR)
    expect(readRetryAfter('120', now)).toBe(120_000)
    expect(readRetryAfter('Tue, 15 Jan 2030 12:10:00 GMT', now)).toBe(600_000)
    expect(readRetryAfter('999999999', now)).toBe(4 * HOUR)
    expect(readRetryAfter('Thu, 15 Jan 2099 12:10:00 GMT', now)).toBe(4 * HOUR)
    for (const nothing of [
      undefined,
      '0',
      '-1',
      '1.5',
      'soon',
      'Mon, 14 Jan 2030 12:10:00 GMT',
      ['1', '2'],
      '2030-01-16',
    ])
      expect(readRetryAfter(nothing, now), String(nothing)).toBeUndefined()
  })
})

describe('[TOS-5] an answer', () => {
  const answered = (status: number, headers = {}) => outcomeOf(ok({ status, headers, body: Buffer.from('hello') }), now)

  it('is a yes with any 2xx, and with nothing else', () => {
    for (const status of [200, 201, 202, 204, 226, 299]) expect(answered(status).failure, `${status}`).toBeNull()
    for (const status of [100, 199, 304, 400, 404, 410, 500]) expect(answered(status).failure).toBe(`status-${status}`)
    expect(outcomeOf(fail({ reason: 'redirected' }), now)).toMatchObject({ status: null, failure: 'redirected' })
  })

  it('asks for a pause with 429 and 503 alone, and for an end with 410', () => {
    const headers = { 'retry-after': '60' }
    expect([429, 503, 500, 200].map((status) => answered(status, headers).retryAfter)).toEqual([
      60_000,
      60_000,
      undefined,
      undefined,
    ])
    expect([410, 404].map((status) => answered(status).gone)).toEqual([true, false])
  })
})

const standing = { version: '1', failingSince: now }
const world = (clock = frozenClock()) => ({
  clock,
  resting: new Resting(clock),
  one: { id: endpointId.generate(), ...standing },
})

describe('[TOS-5] who did not answer in time', () => {
  it('is left alone for a minute, then for twice as long each time, until they answer', () => {
    const { clock, resting, one } = world()
    const other = { ...one, id: endpointId.generate() }
    const minutes = () => ((resting.until(one)?.getTime() ?? 0) - clock.now().getTime()) / 60_000
    for (const expected of [1, 2, 4, 8, 15, 15]) {
      resting.hung(one)
      expect(minutes()).toBe(expected)
    }
    expect(resting.until(other)).toBeUndefined()
    clock.advance(15 * 60_000)
    expect(resting.until(one)).toBeUndefined()
    resting.answered(one)
    resting.hung(one)
    expect(minutes()).toBe(1)
  })

  it('has earned nothing by a yes that took long', () => {
    const { clock, resting, one } = world()
    resting.hung(one)
    clock.advance(60_000)
    resting.tookLong(one)
    expect(resting.until(one)).toBeUndefined()
    expect(resting.hung(one).at.getTime() - clock.now().getTime()).toBe(2 * 60_000)
  })

  it('is a slow one for a quarter of an hour, whatever it answers in between, unless it is changed', () => {
    const { clock, resting, one } = world()
    resting.hung(one)
    resting.answered(one)
    expect(resting.until(one)).toBeUndefined()
    expect([resting.isSlow(one), resting.isSlow({ ...one, version: '2' })]).toEqual([true, false])
    clock.advance(-60_000)
    expect(resting.isSlow(one), 'by a clock that was ahead').toBe(false)
    clock.advance(16 * 60_000)
    expect(resting.isSlow(one)).toBe(false)
    for (let n = 0; n < 10; n++) resting.refused(one)
    resting.answered(one)
    expect(resting.isSlow(one), 'who refuses at once keeps nobody').toBe(false)
  })

  it('rests no longer once it was changed, or took something elsewhere', () => {
    const { resting, one } = world()
    const rests = (since: Partial<typeof one>) => {
      resting.hung(one)
      return resting.until({ ...one, ...since }) !== undefined
    }
    expect(rests({})).toBe(true)
    expect(rests({ version: '2' })).toBe(false)
    expect(rests({ failingSince: new Date(now.getTime() + 1) })).toBe(false)
  })
})

describe('[TOS-5] what an attempt says of who was asked', () => {
  const verdict = (status: number | null, durationMs: number, failure: string | null = `status-${status}`) =>
    verdictOf({ status, failure, durationMs, retryAfter: undefined }, 10_000)

  it('is that they are there, where they say at once that this message is none for them', () => {
    for (const status of [400, 401, 403, 404, 405, 422]) expect(verdict(status, 20), `${status}`).toBe('there')
    for (const status of [408, 410, 425, 429, 500, 503]) expect(verdict(status, 20), `${status}`).toBe('refuses')
    expect(verdict(422, 2_000)).toBe('hangs')
    expect(verdict(null, 5, 'unreachable')).toBe('refuses')
  })

  it('is that they hang, where a yes comes with the end of its time', () => {
    expect([20, 2_000, 9_999, 10_000].map((ms) => verdict(200, ms, null))).toEqual(['there', 'slow', 'hangs', 'hangs'])
  })
})

describe('[TOS-5] the body of a message', () => {
  const entry: Entry = {
    id: eventId.generate(),
    seq: 12,
    at: now,
    organisation: null,
    action: 'user.disabled',
    actor: { kind: 'operator', id: 'user disable', name: null },
    target: { kind: 'person', id: 'usr_1' },
    before: { status: 'active' },
    after: { status: 'disabled' },
    session: null,
    requestId: 'req',
    personal: null,
  }

  it('says what happened, when, and where in the order of all things', () => {
    expect(JSON.parse(bodyOf(entry))).toEqual({
      type: 'user.disabled',
      timestamp: '2030-01-15T12:00:00.000Z',
      data: {
        id: entry.id,
        sequence: 12,
        organisation: null,
        actor: { kind: 'operator', id: 'user disable', name: null },
        target: { kind: 'person', id: 'usr_1' },
        before: { status: 'active' },
        after: { status: 'disabled' },
        session: null,
        requestId: 'req',
      },
    })
    const personal = { ip: '192.0.2.1', userAgent: 'Browser', erased: false }
    expect(JSON.parse(bodyOf({ ...entry, personal })).data).toMatchObject(personal)
  })

  it('is never larger than a receiver can be expected to take, and says what was left out', () => {
    const huge = { list: 'é'.repeat(MOST_BODY_BYTES) }
    const read = (it: Entry) => {
      const body = bodyOf(it)
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MOST_BODY_BYTES)
      return JSON.parse(body).data
    }
    expect(read({ ...entry, after: huge })).toMatchObject({ before: { status: 'active' }, after: null, cut: ['after'] })
    expect(read({ ...entry, before: huge })).toMatchObject({
      before: null,
      after: { status: 'disabled' },
      cut: ['before'],
    })
    expect(read({ ...entry, before: huge, after: huge })).toMatchObject({ before: null, after: null })
  })
})
