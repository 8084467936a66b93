import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { islands } from '../../scripts/islands.ts'
import { strengthOf } from '../../src/ui/strength.ts'
import { workSince } from '../support/work.ts'

const words = ['ada@lovelace.org', 'Ada Lovelace', 'Hearthkey']
const strength = (text: string) => strengthOf(text, { minimum: 12, words })

describe('the strength of a password', () => {
  it.each([
    ['short', 'elevenchars'],
    ['short', '😀'.repeat(11)],
    ['weak', 'password1234'],
    ['weak', 'P4ssw0rd!2024'],
    ['weak', 'aaaaaaaaaaaa'],
    ['weak', 'abc1'.repeat(30)],
    ['weak', 'qwertyuiop12'],
    ['weak', '123456789012'],
    ['weak', 'adalovelace99'],
    ['weak', 'Hearthkey2024!'],
    ['fair', 'Sommerurlaub2024'],
    ['fair', '12.03.1985 12.03.1985'],
    ['fair', 'lantern orbit'],
    ['strong', 'correct horse battery'],
    ['strong', 'ein kleiner grüner Kaktus'],
    ['strong', 'x7!Kq2#mZp9w'],
    ['strong', '😀🐴🔋📎🌊🍞🚲🎻🧊🦊🪴🧭'],
  ])('is %s: %s', (expected, text) => {
    expect(strength(text)).toBe(expected)
  })

  it('never falls as the same words get longer', () => {
    const levels = ['short', 'weak', 'fair', 'strong']
    const text = 'lantern orbit cactus velvet'
    const found = Array.from(text, (_, end) => levels.indexOf(strength(text.slice(0, end + 1))))
    expect(found).toEqual(found.toSorted((a, b) => a - b))
  })

  it('is judged at once, whatever is typed (threat 31)', () => {
    const texts = ['a', 'abc1', 'aab', 'p4ssw0rd$', 'qwertz', '1', 'é', 'e\u0301', '😀'].map((text) =>
      text.repeat(60_000),
    )
    const work = workSince()
    for (const text of texts) strength(text)
    expect(work()).toBeLessThan(50 * texts.length)
  })
})

describe('what runs in browsers', () => {
  it('is made of its sources (npm run docs writes it)', async () => {
    for (const [file, code] of await islands())
      expect(readFileSync(join(import.meta.dirname, '../..', file), 'utf8'), file).toBe(code)
  })
})
