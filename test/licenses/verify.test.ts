import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { publicPem, type SigningKey, signed } from '../../src/licenses/issuing/private-key.ts'
import { keysFromJwks, keysFromPem } from '../../src/licenses/license/keys.ts'
import { openRevocations, revokedIn } from '../../src/licenses/license/revocations.ts'
import type { Standing } from '../../src/licenses/license/standing.ts'
import { verify } from '../../src/licenses/license/verify.ts'
import { verifyLicense } from '../../src/sdk/license.ts'
import {
  DAY,
  INSTANCE,
  licenseText,
  listText,
  NOW,
  nowSeconds,
  published,
  sample,
  shortRsa,
  trusted,
  vendor,
} from './support.ts'

let key: SigningKey
let modern: SigningKey
let other: SigningKey
beforeAll(async () => {
  ;[key, modern, other] = await Promise.all([vendor(), vendor('modern', 'EdDSA'), vendor('other')])
})

interface Asked {
  readonly now?: Date
  readonly keys?: readonly SigningKey[]
  readonly list?: string
}

/** The two that check licences share no line of code: each is asked, and they have to say the same. */
async function standing(text: string, { now = NOW, keys = [key, modern], list }: Asked = {}): Promise<Standing> {
  const read = list === undefined ? undefined : openRevocations(list, trusted(...keys))
  const revoked = read?.ok ? [revokedIn(read.value)] : []
  const ours = verify(text, { keys: trusted(...keys), product: 'hearthkey', instance: INSTANCE, now, revoked })
  const theirs = await verifyLicense(text, {
    keys: published(...keys),
    product: 'hearthkey',
    instance: INSTANCE,
    now,
    ...(read?.ok && list !== undefined && { revocations: list }),
  })
  expect(theirs).toMatchObject({ state: ours.state, ...(ours.state === 'unreadable' && { reason: ours.reason }) })
  return ours
}
const unreadable = (reason: string) => ({ state: 'unreadable', reason })
const signatureIn = (text: string) => Buffer.from(text.split('.')[2] ?? '', 'base64url')
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('[STO-10] a licence is checked offline, from its text alone', () => {
  it.each([
    ['the day it is signed', 0, 'valid'],
    ['a month and a day before its end', 334 * DAY, 'valid'],
    ['a month before its end', 335 * DAY, 'expiring'],
    ['a second before its end', 365 * DAY - 1, 'expiring'],
    ['at its end', 365 * DAY, 'grace'],
    ['a second before the days of grace are over', 379 * DAY - 1, 'grace'],
    ['when they are over', 379 * DAY, 'expired'],
    ['five minutes before it begins, for a vendor whose clock is ahead', -5 * 60, 'valid'],
    ['earlier', -5 * 60 - 1, 'not-yet-valid'],
  ])('%s', async (_when, later, state) => {
    const now = new Date((nowSeconds + later) * 1000)
    expect(await standing(licenseText(key), { now })).toMatchObject({ state, license: { sub: sample.sub } })
    expect(await standing(licenseText(modern), { now }), 'Ed25519').toMatchObject({ state })
  })

  it.each([
    ['of another product', { product: 'monetro' }, 'wrong-product'],
    ['of another instance', { instance: ['https://id.example.org'] }, 'wrong-instance'],
    ['of an instance whose name begins the same', { instance: [`${INSTANCE}.evil.example`] }, 'wrong-instance'],
    ['signed later than our clock says', { iat: nowSeconds + 3600 }, 'not-yet-valid'],
    ['of any instance', { instance: undefined }, 'valid'],
    ['of several', { instance: ['https://a.example', INSTANCE] }, 'valid'],
    [
      'without days of grace, limits and features',
      { grace_days: undefined, limits: undefined, features: undefined },
      'valid',
    ],
    ['with more than we know', { seats: 'plenty' }, 'valid'],
  ])('%s', async (_what, claims, state) => {
    expect(await standing(licenseText(key, claims))).toMatchObject({ state })
  })

  it('a revoked one counts no more, whatever else is true of it, by the list of its own vendor alone', async () => {
    const text = licenseText(key, { product: 'monetro' })
    expect(await standing(text, { list: listText(key) })).toMatchObject({ state: 'revoked' })
    const mine = licenseText(key)
    expect(await standing(mine, { list: listText(modern, { iss: 'Somebody else' }) })).toMatchObject({ state: 'valid' })
    expect(await standing(mine, { list: listText(key, { revoked: [] }) })).toMatchObject({ state: 'valid' })
  })

  it('a list of revocations is no licence, and a licence no list', async () => {
    expect(await standing(listText(key))).toEqual(unreadable('wrong-type'))
    expect(openRevocations(licenseText(key), trusted(key))).toEqual({ ok: false, error: 'wrong-type' })
    await expect(
      verifyLicense(licenseText(key), { keys: published(key), product: 'hearthkey', revocations: listText(other) }),
    ).rejects.toThrow('unknown-key')
  })
})

describe('[STO-10] nothing else is taken for a licence', () => {
  it.each([
    ['RS256', () => key],
    ['EdDSA', () => modern],
  ])(
    'every bit of it that is flipped breaks it (%s)',
    async (_algorithm, of) => {
      const text = licenseText(of())
      const bytes = Buffer.from(text, 'latin1')
      const passed: string[] = []
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const damaged = flipped.toString('latin1')
        const found = verify(damaged, {
          keys: trusted(key, modern),
          product: 'hearthkey',
          instance: INSTANCE,
          now: NOW,
        })
        if (found.state !== 'unreadable') passed.push(`bit ${bit}: ${found.state}`)
      }
      expect(bytes.length * 8).toBeGreaterThan(4000)
      expect(passed).toEqual([])
    },
    60_000,
  )

  it.each([
    ['RS256', () => key],
    ['EdDSA', () => modern],
  ])(
    'the same for who checks with the SDK (%s)',
    async (_algorithm, of) => {
      const text = licenseText(of())
      const bits = Array.from({ length: text.length * 7 }, (_, bit) => bit)
      const passed = new Set<string>()
      for (const bit of bits) {
        const at = Math.floor(bit / 7)
        const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << (bit % 7)))
        const damaged = `${text.slice(0, at)}${flipped}${text.slice(at + 1)}`
        const found = await verifyLicense(damaged, { keys: published(key, modern), product: 'hearthkey', now: NOW })
        if (found.state !== 'unreadable') passed.add(`bit ${bit}: ${found.state}`)
      }
      expect([...passed]).toEqual([])
    },
    60_000,
  )

  it('no part of it passes, however long', async () => {
    const text = licenseText(key)
    const states = Array.from(text, (_, length) =>
      verify(text.slice(0, length), { keys: trusted(key), product: 'hearthkey', instance: INSTANCE, now: NOW }),
    )
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['unreadable']))
    expect(states[0]).toEqual(unreadable('not-a-token'))
  })

  it('another spelling of the same bytes', async () => {
    // 256 bytes end in a character of which four bits are spare.
    const text = licenseText(key)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(text.at(-1) ?? '')
    const twins = Array.from(
      { length: 15 },
      (_, spare) => `${text.slice(0, -1)}${alphabet[(last & ~15) | (spare + 1)]}`,
    )
    for (const twin of twins) {
      expect(signatureIn(twin)).toEqual(signatureIn(text))
      expect(await standing(twin)).toEqual(unreadable('not-canonical'))
    }
    expect(await standing(`${text}=`)).toEqual(unreadable('not-a-token'))
    expect(await standing(text.replaceAll('-', '+'))).toEqual(unreadable('not-a-token'))
  })

  it.each([0, 1])('another spelling of a part that is signed as it stands (part %i)', async (odd) => {
    // Blanks behind the JSON until its last character has bits to spare.
    const spare = (value: object) => {
      let json = JSON.stringify(value)
      while (Buffer.byteLength(json) % 3 === 0) json += ' '
      return Buffer.from(json).toString('base64url')
    }
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const twinOf = (part: string) => `${part.slice(0, -1)}${alphabet[alphabet.indexOf(part.at(-1) ?? '') + 1]}`
    const parts = [spare({ alg: 'RS256', typ: 'license+jwt', kid: key.kid }), spare(sample)]
    const signedAs = (texts: readonly string[]) => {
      const input = texts.join('.')
      return `${input}.${sign('RSA-SHA256', Buffer.from(input), key.privateKey).toString('base64url')}`
    }
    expect(await standing(signedAs(parts))).toMatchObject({ state: 'valid' })
    const twins = parts.map((part, at) => (at === odd ? twinOf(part) : part))
    expect(Buffer.from(twins[odd] ?? '', 'base64url')).toEqual(Buffer.from(parts[odd] ?? '', 'base64url'))
    expect(await standing(signedAs(twins))).toEqual(unreadable('not-canonical'))
  })

  const forged = (header: object, signature: (input: string) => Buffer, claims: object = {}) => {
    const input = `${base64url({ typ: 'license+jwt', kid: key.kid, ...header })}.${base64url({ ...sample, ...claims })}`
    return `${input}.${signature(input).toString('base64url')}`
  }
  const rs256 = (by: SigningKey) => (input: string) => sign('RSA-SHA256', Buffer.from(input), by.privateKey)

  it.each([
    ['without a signature (alg none)', () => forged({ alg: 'none' }, () => Buffer.from('x')), 'algorithm-refused'],
    [
      'without a signature, nor a place for one',
      () => `${base64url({ alg: 'none', typ: 'license+jwt', kid: key.kid })}.${base64url(sample)}.`,
      'not-a-token',
    ],
    [
      'under HMAC, the public key as its secret',
      () => forged({ alg: 'HS256' }, (input) => createHmac('sha256', publicPem(key)).update(input).digest()),
      'algorithm-refused',
    ],
    [
      'by RSA with another hash',
      () => forged({ alg: 'RS512' }, (input) => sign('RSA-SHA512', Buffer.from(input), key.privateKey)),
      'algorithm-refused',
    ],
    [
      'by a key of one kind that is said to be of another',
      () => forged({ alg: 'EdDSA' }, rs256(key)),
      'algorithm-refused',
    ],
    ['by somebody else, in the name of the vendor', () => forged({ alg: 'RS256' }, rs256(other)), 'signature-wrong'],
    ['by somebody else, in their own name', () => licenseText(other), 'unknown-key'],
    [
      'by a key that it brings along',
      () => forged({ alg: 'RS256', jwk: other.publicJwk }, rs256(other)),
      'header-invalid',
    ],
    [
      'by a key that is to be fetched',
      () => forged({ alg: 'RS256', jku: 'https://evil.example/' }, rs256(key)),
      'header-invalid',
    ],
    [
      'with a demand that nobody understands',
      () => forged({ alg: 'RS256', crit: ['b64'], b64: false }, rs256(key)),
      'header-invalid',
    ],
    ['that names no key', () => forged({ alg: 'RS256', kid: undefined }, rs256(key)), 'header-invalid'],
    ['of no kind', () => forged({ alg: 'RS256', typ: undefined }, rs256(key)), 'wrong-type'],
    ['an access token of the same key', () => forged({ alg: 'RS256', typ: 'at+jwt' }, rs256(key)), 'wrong-type'],
    ['a bare JWT of the same key', () => forged({ alg: 'RS256', typ: 'JWT' }, rs256(key)), 'wrong-type'],
    [
      'the signature of another licence',
      () =>
        `${licenseText(key, { limits: { users: 9999 } })
          .split('.')
          .slice(0, 2)
          .join('.')}.${licenseText(key).split('.')[2]}`,
      'signature-wrong',
    ],
    ['signed, and not complete', () => licenseText(key, { sub: undefined }), 'content-invalid'],
    ['signed, and over before it begins', () => licenseText(key, { exp: nowSeconds }), 'content-invalid'],
    ['signed, with a limit that is none', () => licenseText(key, { limits: { users: -1 } }), 'content-invalid'],
    [
      'with a name of its key that moves the cursor',
      () => forged({ alg: 'RS256', kid: '\u001b[2J' }, rs256(key)),
      'header-invalid',
    ],
    ['signed, and no object', () => signed(key, 'license+jwt', [1, 2]), 'content-invalid'],
    ['a megabyte', () => 'a.'.repeat(512 * 1024), 'too-large'],
    ['a megabyte that is signed', () => licenseText(key, { padding: 'x'.repeat(1024 * 1024) }), 'too-large'],
    ['a PEM file', () => publicPem(key), 'not-a-token'],
    ['nothing', () => '', 'not-a-token'],
    ['dots', () => '..', 'not-a-token'],
    ['binary', () => '\0\u00ff.\u0001.\ufffd', 'not-a-token'],
  ])('%s', async (_what, text, reason) => {
    expect(await standing(text())).toEqual(unreadable(reason))
  })

  it('where no key is pinned', async () => {
    expect(await standing(licenseText(key), { keys: [] })).toEqual(unreadable('no-keys'))
  })
})

describe('[STO-10] the keys of a vendor', () => {
  it('are public ones of a kind and a length that hold', () => {
    expect(keysFromPem(publicPem(key))).toMatchObject({ ok: true, value: [{ kid: key.kid, algorithm: 'RS256' }] })
    expect(keysFromPem(key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString())).toEqual({
      ok: false,
      error: 'private-key',
    })
    const short = shortRsa().export({ format: 'pem', type: 'spki' }).toString()
    expect(keysFromPem(short)).toEqual({ ok: false, error: 'key-unfit' })
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'pem', type: 'spki' })
    expect(keysFromPem(curve.toString())).toEqual({ ok: false, error: 'key-unfit' })
    expect(keysFromPem('garbage')).toEqual({ ok: false, error: 'not-a-key' })
  })

  it('come several in one file of PEM, all of them or none', () => {
    const both = `the old one\n${publicPem(key)}\nthe new one\n${publicPem(modern)}`
    expect(keysFromPem(both)).toMatchObject({ ok: true, value: [{ kid: key.kid }, { kid: modern.kid }] })
    const short = shortRsa().export({ format: 'pem', type: 'spki' })
    expect(keysFromPem(`${publicPem(key)}${short}`)).toEqual({ ok: false, error: 'key-unfit' })
    expect(keysFromPem(publicPem(key).replaceAll('-----END', '-----STOP'))).toEqual({ ok: false, error: 'not-a-key' })
  })

  it('come as JWKS too, all of them or none, and never a private one', () => {
    const set = (...keys: object[]) => JSON.stringify({ keys })
    expect(keysFromJwks(set(key.publicJwk, modern.publicJwk))).toMatchObject({
      ok: true,
      value: [{ kid: key.kid }, { kid: modern.kid }],
    })
    const secret = createPrivateKey(modern.privateKey.export({ format: 'pem', type: 'pkcs8' })).export({
      format: 'jwk',
    })
    expect(keysFromJwks(set(key.publicJwk, { ...secret }))).toEqual({ ok: false, error: 'private-key' })
    expect(keysFromJwks(set({ kty: 'oct', k: 'c2VjcmV0' }))).toEqual({ ok: false, error: 'private-key' })
    expect(keysFromJwks(set())).toEqual({ ok: false, error: 'not-a-key' })
    expect(keysFromJwks('[]')).toEqual({ ok: false, error: 'not-a-key' })
  })

  it('have the name that they are, whatever a file calls them', () => {
    const renamed = keysFromJwks(JSON.stringify({ keys: [{ ...other.publicJwk, kid: key.kid }] }))
    expect(renamed).toMatchObject({ ok: true, value: [{ kid: other.kid }] })
  })
})
