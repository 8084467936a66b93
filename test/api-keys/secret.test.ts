import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { keySecrets, looksLikeKey } from '../../src/api-keys/secret.ts'
import { Secret } from '../../src/lib/secret.ts'
import { statementsDuring } from '../support/statements.ts'
import { keysWorld } from './support.ts'

const secrets = keySecrets(new Secret(randomBytes(32)))
const newKey = () => secrets.generate().secret.reveal()

it('[STO-5] what is kept of a key is a keyed hash of 256 random bits, another one on another instance', () => {
  const { secret, hash, hint } = secrets.generate()
  const text = secret.reveal()
  expect(text).toMatch(/^hk_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/)
  expect(secrets.hashOf(text)).toEqual(hash)
  expect(keySecrets(new Secret(randomBytes(32))).hashOf(text)).not.toEqual(hash)
  expect(text.slice(0, 46).endsWith(hint)).toBe(true)
  expect(`${secret}${JSON.stringify(secret)}`).not.toContain(text.slice(3, 40))
})

it('a scanner finds every key by the expression in the guide, and a hundred keys share nothing', () => {
  const guide = readFileSync(new URL('../../docs/guides/api-keys.md', import.meta.url), 'utf8')
  const [, pattern = ''] = /^\s+(\\bhk_\S+)$/m.exec(guide) ?? []
  const scanner = new RegExp(pattern)
  const keys = Array.from({ length: 100 }, newKey)
  for (const key of keys) expect(`const key = "${key}";`).toMatch(scanner)
  expect(new Set(keys.map((key) => key.slice(0, 8))).size).toBe(100)
})

const flip = (text: string, at: number, bit: number) =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1)
const swapCase = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))

/** Everything that is nearly a key. */
function wrong(key: string): string[] {
  const flipped = Array.from({ length: key.length }, (_, at) =>
    Array.from({ length: 8 }, (__, bit) => flip(key, at, bit)),
  )
  const cut = Array.from({ length: key.length }, (_, length) => key.slice(0, length))
  const oneOther = Array.from(
    { length: 43 },
    (_, at) => key.slice(0, at + 3) + swapCase(key.charAt(at + 3)) + key.slice(at + 4),
  )
  const spaced = [
    ` ${key}`,
    `${key} `,
    `${key}\n`,
    `${key}\0`,
    key.replace('_', ' '),
    `${key.slice(0, 20)}\u200b${key.slice(20)}`,
  ]
  const other = [
    key.toUpperCase(),
    key.toLowerCase(),
    swapCase(key),
    `${key}0`,
    `${key.slice(0, -6)}000000`,
    `Bearer ${key}`,
  ]
  return [...flipped.flat(), ...cut, ...oneOther, ...spaced, ...other].filter((text) => text !== key)
}

it('every bit flip, cut, other case, wrong checksum and blank is refused before any statement', async () => {
  const { apiKeys, keyed, verdict } = await keysWorld()
  const { made } = await keyed()
  expect(await verdict(made.secret)).toBe('stands')
  const texts = wrong(made.secret)
  expect(texts.length).toBeGreaterThan(500)
  const statements = await statementsDuring(async () => {
    for (const text of texts) {
      expect([text, await verdict(text)]).toEqual([text, 'malformed'])
      expect(await apiKeys.reportLeak({ actor: { kind: 'anonymous' } }, { key: text })).toBe(false)
    }
  })
  expect(statements).toEqual([])
  expect(await verdict(newKey()), 'well made, and nobody’s').toBe('unknown')
})

it('two neighbouring characters that change places are noticed', () => {
  for (let round = 0; round < 50; round += 1) {
    const key = newKey()
    for (let at = 3; at < 45; at += 1) {
      const [a, b] = [key.charAt(at), key.charAt(at + 1)]
      if (a !== b) expect(looksLikeKey(key.slice(0, at) + b + a + key.slice(at + 2))).toBe(false)
    }
  }
})
