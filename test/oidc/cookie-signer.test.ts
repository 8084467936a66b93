import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { CookieSigner } from '../../src/oidc/engine/cookie-signer.ts'

const signer = () => new CookieSigner(new Secret(randomBytes(32)))
const cookie = 'session=a1b2c3'

describe("the signature of the engine's cookies", () => {
  it('is found good for what was signed, and for nothing else', () => {
    const keys = signer()
    const signature = keys.sign(cookie)
    expect(keys.index(cookie, signature)).toBe(0)
    expect(keys.index('session=a1b2c4', signature)).toBe(-1)
    expect(keys.index('interaction=a1b2c3', signature)).toBe(-1)
    expect(signer().index(cookie, signature)).toBe(-1)
  })

  it('has one spelling, and no part of it is enough', () => {
    const keys = signer()
    const signature = keys.sign(cookie)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(signature.slice(-1))
    // The same bytes for a decoder that ignores the spare bits.
    const twin = `${signature.slice(0, -1)}${alphabet[last ^ 1]}`
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(signature, 'base64url'))
    for (const other of [twin, `${signature}=`, `${signature} `, signature.slice(0, -1), signature.toUpperCase(), ''])
      expect(keys.index(cookie, other)).toBe(-1)
  })
})
