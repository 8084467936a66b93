import { generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { polling } from '../../src/sdk/poll.ts'
import { openAnswer } from '../../src/sdk/revocation-answer.ts'
import { revokedClaims } from '../../src/sdk/revoked-claims.ts'
import { hashed } from '../revocations/support.ts'

const api = 'https://invoices.example/api'
const dead = (claims: Record<string, string>, before = 100, exp = 1000) => ({ claims, before, exp })

describe('what is dead', () => {
  it('has all the claims that are named, and was issued before', () => {
    const known = revokedClaims(api, 100)
    known.add(dead({ sub: 'a', org_id: 'one' }))
    known.add(dead({ sid_hash: hashed(api, 'sid', 's') }))
    expect(known.judge({ sub: 'a', org_id: 'one', iat: 99 }, 100)).toBe('revoked')
    expect(known.judge({ sub: 'a', org_id: 'one', iat: 100 }, 100)).toBe('no')
    expect(known.judge({ sub: 'a', org_id: 'two', iat: 99 }, 100)).toBe('no')
    expect(known.judge({ sub: 'a', iat: 99 }, 100)).toBe('no')
    expect(known.judge({ sid: 's', iat: 99 }, 100)).toBe('revoked')
    expect(
      known.judge({ sid: 't', sid_hash: hashed(api, 'sid', 's'), iat: 99 }, 100),
      'a claim that only looks like it',
    ).toBe('no')
    expect(known.judge({ sub: ['a'], org_id: 'one', iat: 99 }, 100)).toBe('no')
  })

  it('dies by the latest of what was said, told twice or in another order', () => {
    const known = revokedClaims(api, 100)
    for (const before of [100, 300, 200]) known.add(dead({ sub: 'a' }, before))
    expect([known.size, known.judge({ sub: 'a', iat: 299 }, 100)]).toEqual([1, 'revoked'])
  })

  it('is good until the moment from which it is dead, also for a reader that begins again', () => {
    const known = revokedClaims(api, 100)
    known.add({ ...dead({ api_key: 'a' }), from: 200 })
    known.add({ ...dead({ api_key: 'b' }), from: 200 })
    known.add(dead({ api_key: 'b' }))
    for (const one of [known, revokedClaims(api, 100, known.all())]) {
      expect(one.judge({ api_key: 'a', iat: 99 }, 199)).toBe('no')
      expect(one.judge({ api_key: 'a', iat: 99 }, 200)).toBe('revoked')
      expect(one.judge({ api_key: 'a', iat: 100 }, 200)).toBe('no')
      expect(one.judge({ api_key: 'b', iat: 99 }, 199), 'what is said of it first counts').toBe('revoked')
    }
  })

  it('is forgotten when no token can need it, and no sooner', () => {
    const known = revokedClaims(api, 100)
    known.add(dead({ sub: 'a' }, 100, 500))
    known.forgetBefore(499)
    expect(known.judge({ sub: 'a', iat: 1 }, 100)).toBe('revoked')
    known.forgetBefore(500)
    expect([known.size, known.judge({ sub: 'a', iat: 1 }, 100)]).toEqual([0, 'no'])
  })

  it('fits into memory: of what had to go nobody says that it is good', () => {
    const known = revokedClaims(api, 100)
    for (let at = 1; at <= 250; at += 1) known.add(dead({ sub: `user-${at}` }, at * 10))
    expect(known.size).toBeLessThanOrEqual(100)
    for (let at = 1; at <= 250; at += 1)
      expect(known.judge({ sub: `user-${at}`, iat: at * 10 - 1 }, 100), `user-${at}`).not.toBe('no')
    expect(known.judge({ sub: 'somebody', iat: 2490 }, 100)).toBe('no')
    const again = revokedClaims(api, 100, known.all())
    expect([again.size, again.judge({ sub: 'user-1', iat: 1 }, 100)]).toEqual([known.size, 'beyond'])
  })
})

interface Said {
  readonly seq?: number
  readonly after?: string
  readonly entries?: readonly unknown[]
}

async function opened(said: Said, asked: { readonly after?: string; readonly lastSeq?: number } = {}) {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const text = await new SignJWT({ seq: 5, next: 'n', more: false, entries: [], ...said })
    .setProtectedHeader({ alg: 'ES256', typ: 'revocations+jwt' })
    .setIssuer('https://id.example')
    .setAudience(api)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey)
  const keys = async () => publicKey
  const { after, lastSeq } = asked
  return openAnswer(text, { issuer: 'https://id.example', api, keys, now: new Date(), tolerance: 0, after, lastSeq })
}

describe('an answer', () => {
  it.each([
    [{}],
    [{ before: 1, exp: 2, claims: {} }],
    [{ before: 1, exp: 2, claims: { sub: 1 } }],
    [{ before: '1', exp: 2, claims: { sub: 'a' } }],
    [{ before: 1, from: '1', exp: 2, claims: { sub: 'a' } }],
    [null],
  ])('with an entry that is not understood is not taken in at all: %j', async (entry) => {
    const good = { before: 1, from: 1, exp: 2, claims: { sub: 'a' } }
    await expect(opened({ entries: [good, entry] })).rejects.toMatchObject({ reason: 'content-invalid' })
    expect((await opened({ entries: [good] })).entries).toEqual([good])
  })

  it.each<[asked: { readonly lastSeq?: number; readonly after?: string }, said: Said, reason: string]>([
    [{ lastSeq: 5 }, {}, 'rolled-back'],
    [{ lastSeq: 6 }, {}, 'rolled-back'],
    [{ after: 'a' }, {}, 'to-another-question'],
    [{}, { after: 'a' }, 'to-another-question'],
    [{ after: 'a' }, { after: 'b' }, 'to-another-question'],
  ])('that was told before, or to somebody else, is none: asked %j, said %j', async (asked, said, reason) => {
    await expect(opened(said, asked)).rejects.toMatchObject({ reason })
    expect((await opened({ seq: 7, ...(asked.after !== undefined && { after: asked.after }) }, asked)).next).toBe('n')
  })
})

describe('asking again and again', () => {
  it('is spread, spares a server in trouble, and ends', async () => {
    vi.useFakeTimers()
    try {
      const pauses: number[] = []
      let last = Date.now()
      let fails = false
      const poll = polling({
        every: 5_000,
        onError: () => {},
        work: async () => {
          pauses.push(Date.now() - last)
          last = Date.now()
          if (fails) throw new Error('down')
        },
      })
      await vi.advanceTimersByTimeAsync(200_000)
      const usual = pauses.splice(0).slice(1)
      expect(usual.every((pause) => pause >= 4_000 && pause <= 6_000)).toBe(true)
      expect(new Set(usual).size, 'not all the same').toBeGreaterThan(5)
      fails = true
      await vi.advanceTimersByTimeAsync(600_000)
      expect(Math.max(...pauses)).toBeGreaterThan(48_000 - 1)
      expect(Math.max(...pauses)).toBeLessThanOrEqual(72_000)
      poll.stop()
      const asked = pauses.length
      await vi.advanceTimersByTimeAsync(600_000)
      expect(pauses).toHaveLength(asked)
    } finally {
      vi.useRealTimers()
    }
  })
})
