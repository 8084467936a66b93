import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import { Secret } from '../../../src/lib/secret.ts'
import { verifyWebhook } from '../../../src/sdk/webhooks.ts'
import { signedHeaders } from '../../../src/webhooks/signing/sign.ts'

const at = new Date('2030-01-15T12:00:00.700Z')
const key = () => randomBytes(32)
const written = (bytes: Buffer) => `whsec_${bytes.toString('base64')}`
const body = JSON.stringify({ type: 'user.disabled', timestamp: at.toISOString(), data: { id: 'evt_1', sequence: 7 } })
const sign = (keys: readonly Buffer[], text = body) =>
  signedHeaders(
    keys.map((one) => new Secret(one)),
    { id: 'evt_1', at, body: text },
  )

describe('[TOS-5] what a message is signed with', () => {
  it('is as Standard Webhooks write it: the example of their specification', () => {
    const secret = new Secret(Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'))
    const example = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1614265330_000), body: '{"test": 2432232314}' }
    expect(signedHeaders([secret], example)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('is verified by the library of Standard Webhooks, whatever is in it, by each of two secrets', () => {
    vi.useFakeTimers({ now: at, toFake: ['Date'] })
    try {
      fc.assert(
        fc.property(fc.json(), (text) => {
          const [one, other] = [key(), key()]
          const headers = { ...sign([one, other], text) }
          for (const secret of [one, other])
            expect(new Webhook(written(secret)).verify(text, headers)).toEqual(JSON.parse(text))
          expect(() => new Webhook(written(key())).verify(text, headers)).toThrow('No matching signature')
          expect(() => new Webhook(written(one)).verify(`${text} `, headers)).toThrow('No matching signature')
        }),
        { numRuns: 50 },
      )
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('[TOS-5] the verifier of the SDK', () => {
  const secret = key()
  const given = { headers: { ...sign([secret]) }, body, secrets: [written(secret)], now: at }
  const refused = (change: Partial<Parameters<typeof verifyWebhook>[0]>) => {
    const verdict = verifyWebhook({ ...given, ...change })
    return verdict.ok ? 'ok' : verdict.reason
  }

  it('takes what was signed a moment ago by one of the secrets, and says what it is', () => {
    expect(verifyWebhook(given)).toEqual({
      ok: true,
      message: { id: 'evt_1', type: 'user.disabled', timestamp: at.toISOString(), data: { id: 'evt_1', sequence: 7 } },
    })
    expect(refused({ headers: new Headers({ ...given.headers }) })).toBe('ok')
    expect(
      refused({ headers: Object.fromEntries(Object.entries(given.headers).map(([k, v]) => [k.toUpperCase(), v])) }),
    ).toBe('ok')
    expect(refused({ body: Buffer.from(body) })).toBe('ok')
    expect(refused({ secrets: [written(key()), written(secret)] }), 'the former and the new one').toBe('ok')
    expect(refused({ headers: { ...sign([key(), secret]) } }), 'signed by both').toBe('ok')
  })

  it('takes what the library of Standard Webhooks signs', () => {
    const theirs = new Webhook(written(secret)).sign('evt_1', at, body)
    expect(refused({ headers: { ...given.headers, 'webhook-signature': theirs } })).toBe('ok')
  })

  it('takes nothing that is older or newer than five minutes: who recorded it cannot send it again', () => {
    const later = (seconds: number) => new Date(Math.floor(at.getTime() / 1000) * 1000 + seconds * 1000)
    expect(refused({ now: later(300) })).toBe('ok')
    expect(refused({ now: later(301) })).toBe('too-old')
    expect(refused({ now: later(-300) })).toBe('ok')
    expect(refused({ now: later(-301) })).toBe('too-new')
    expect(refused({ now: later(60), tolerance: 30_000 })).toBe('too-old')
    const moved = { ...given.headers, 'webhook-timestamp': String(Math.floor(later(301).getTime() / 1000)) }
    expect(refused({ now: later(301), headers: moved }), 'the time is signed').toBe('signature-wrong')
  })

  it('throws at a tolerance or a time that is no number, which would let everything through', () => {
    for (const tolerance of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1])
      expect(() => verifyWebhook({ ...given, tolerance }), `${tolerance}`).toThrow(TypeError)
    expect(() => verifyWebhook({ ...given, now: new Date(Number.NaN) })).toThrow(TypeError)
  })

  it('says what is wrong with all else', () => {
    const { 'webhook-id': id, ...without } = given.headers
    expect(refused({ headers: without })).toBe('header-missing')
    expect(refused({ headers: { ...without, 'webhook-id': [id, id] } }), 'said twice').toBe('header-missing')
    expect(refused({ headers: { ...given.headers, 'Webhook-Id': 'evt_2' } }), 'said twice').toBe('header-missing')
    expect(refused({ headers: { ...given.headers, 'webhook-id': 'evt_2' } })).toBe('signature-wrong')
    expect(refused({ headers: { ...given.headers, 'webhook-timestamp': '1e9' } })).toBe('timestamp-invalid')
    expect(refused({ headers: { ...given.headers, 'webhook-signature': 'v1a,abc' } })).toBe('no-known-signature')
    expect(refused({ headers: { ...given.headers, 'webhook-signature': 'v1,' } })).toBe('signature-wrong')
    expect(refused({ body: body.replace('7', '8') })).toBe('signature-wrong')
    expect(refused({ secrets: [written(key())] })).toBe('signature-wrong')
    for (const text of ['', '[]', 'null', '{"type":"a"}', '{"type":"a","timestamp":"b","data":{"id":"c"}}'])
      expect(refused({ body: text, headers: { ...sign([secret], text) } }), text).toBe('body-invalid')
  })

  it('does not begin without a secret, or with one that was copied by halves', () => {
    expect(() => verifyWebhook({ ...given, secrets: [] })).toThrow(TypeError)
    for (const broken of ['', 'whsec_', written(secret).slice(0, -2), written(secret).replace('=', ''), 'hunter2'])
      expect(() => verifyWebhook({ ...given, secrets: [broken] }), broken).toThrow('whsec_')
  })

  it('never takes what was changed by a single bit', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('body', 'signature', 'id', 'timestamp'), (n, where) => {
        const flip = (text: string) => {
          const bytes = Buffer.from(text)
          const at = n % bytes.length
          bytes[at] = (bytes[at] ?? 0) ^ 1
          return bytes.toString()
        }
        const name = `webhook-${where}` as keyof typeof given.headers
        const changed =
          where === 'body' ? { body: flip(body) } : { headers: { ...given.headers, [name]: flip(given.headers[name]) } }
        // The last character of base64 has bits that mean nothing.
        if (where === 'signature' && n % given.headers[name].length >= given.headers[name].length - 2) return
        expect(refused(changed)).not.toBe('ok')
      }),
    )
  })
})
