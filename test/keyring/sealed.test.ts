import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { associatedData, randomKey, toSecretKey } from '../../src/keyring/seal/aead.ts'
import { open, seal } from '../../src/keyring/seal/sealed.ts'
import { Secret } from '../../src/lib/secret.ts'

const key = { id: v7(), secret: toSecretKey(randomKey()) }
const place = { table: 'totp', column: 'secret', row: v7() }

describe('[MON-1] a sealed value', () => {
  it.each([
    ['a text', 'JBSWY3DPEHPK3PXP'],
    ['nothing', ''],
    ['a text of many alphabets', 'ключ 鍵 🔑'],
    ['bytes', randomBytes(5000)],
    ['a secret', new Secret('top')],
  ])('of %s opens at its place', (_what, value) => {
    const plain = value instanceof Secret ? value.reveal() : value
    expect(open(key, place, seal(key, place, value)).reveal()).toEqual(Buffer.from(plain))
  })

  it('never looks the same twice', () => {
    const seals = Array.from({ length: 50 }, () => seal(key, place, 'same').toString('hex'))
    expect(new Set(seals).size).toBe(50)
  })

  it('does not open with one bit flipped anywhere, nor cut, nor lengthened: always the same error', () => {
    const sealed = seal(key, place, 'JBSWY3DPEHPK3PXP')
    const damaged = [
      ...Array.from({ length: sealed.length * 8 }, (_, bit) => {
        const copy = Buffer.from(sealed)
        copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        return copy
      }),
      ...Array.from(sealed.keys(), (length) => sealed.subarray(0, length)),
      Buffer.concat([sealed, Buffer.of(0)]),
    ]
    const errors = damaged.map((value) => {
      try {
        return `opened: ${open(key, place, value).reveal()}`
      } catch (error) {
        return JSON.stringify(error, ['name', 'code', 'detail', 'message'])
      }
    })
    expect(damaged.length).toBeGreaterThan(500)
    expect([...new Set(errors)]).toEqual([expect.stringContaining('"code":"seal-broken"')])
  })

  it.each([
    ['row', { ...place, row: v7() }],
    ['column', { ...place, column: 'backup' }],
    ['table', { ...place, table: 'other' }],
    ['boundary between names', { table: 'totps', column: 'ecret', row: place.row }],
  ])('does not open when it was moved to another %s', (_what, elsewhere) => {
    expect(() => open(key, elsewhere, seal(key, place, 'x'))).toThrow(
      expect.objectContaining({ code: 'seal-broken' }) as Error,
    )
  })

  it('does not open with another key that goes by the same id, nor with none', () => {
    const sealed = seal(key, place, 'x')
    const impostor = { id: key.id, secret: toSecretKey(randomKey()) }
    const renamed = { id: v7(), secret: key.secret }
    for (const wrong of [impostor, renamed, undefined])
      expect(() => open(wrong, place, sealed)).toThrow(expect.objectContaining({ code: 'seal-broken' }) as Error)
  })

  it('leaves the caller’s own bytes alone, and prints as nothing', () => {
    const mine = Buffer.from('mine')
    const opened = open(key, place, seal(key, place, mine))
    expect(mine.toString()).toBe('mine')
    expect(`${opened} ${JSON.stringify(opened)}`).not.toContain('mine')
  })
})

describe('a key', () => {
  it('is wiped from the buffer it came in', () => {
    const bytes = randomKey()
    toSecretKey(bytes)
    expect(bytes).toEqual(Buffer.alloc(32))
  })

  it('has 256 bits or is refused', () => {
    expect(() => toSecretKey(Buffer.alloc(16))).toThrow(TypeError)
  })
})

it('no two lists of fields have the same associated data', () => {
  expect(associatedData('ab', 'c')).not.toEqual(associatedData('a', 'bc'))
  expect(associatedData('a', '')).not.toEqual(associatedData('a'))
})
