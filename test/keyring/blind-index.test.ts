import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { blindIndex } from '../../src/keyring/blind-index/blind-index.ts'
import { LONGEST_PREFIX, matchesWords, wordsOf } from '../../src/keyring/blind-index/words.ts'

const indexUnder = (bytes: Buffer) => {
  const key = createSecretKey(bytes)
  return blindIndex(() => key)
}
const index = indexUnder(Buffer.alloc(32, 7))

/** What PostgreSQL answers to `stored @> wanted`. */
const finds = (stored: string, query: string): boolean => {
  const wanted = index.wordQuery('users.name', query)
  if (!wanted.ok) throw new Error(wanted.error)
  const entries = new Set(index.wordPrefixes('users.name', stored).map((entry) => entry.toString('hex')))
  return wanted.value.every((entry) => entries.has(entry.toString('hex')))
}

describe('the exact index', () => {
  it('is the same for the same text, and 32 bytes, so that a unique index never joins two persons', () => {
    expect(index.exact('users.email', 'a@b.example')).toEqual(index.exact('users.email', 'a@b.example'))
    expect(index.exact('users.email', 'a@b.example')).toHaveLength(32)
  })

  it('[MOS-1] tells nothing without the key, and nothing across columns', () => {
    const elsewhere = indexUnder(randomBytes(32))
    const text = 'anna@example.com'
    expect(index.exact('users.email', text)).not.toEqual(elsewhere.exact('users.email', text))
    expect(index.exact('users.email', text)).not.toEqual(index.exact('invitations.email', text))
    expect(index.exact('users.email', text).subarray(0, 4)).not.toEqual(index.wordPrefixes('users.email', text)[0])
  })
})

describe('the index of word prefixes', () => {
  it.each([
    ['Anna Kern', 'an'],
    ['Anna Kern', 'kern'],
    ['Anna Kern', 'KER an'],
    ['anna.kern+tax@example.com', 'tax'],
    ['Ａｎｎａ', 'anna'],
    ['Zoe\u0308', 'Zo\u00eb'],
    ['İSTANBUL', 'i\u0307stan'],
    ['Straßer', 'straß'],
    ['李 小龍', '小龍'],
    ['李 小龍', '李'],
    ['Donaudampfschifffahrtsgesellschaft', 'donaudampfschifffahrt'],
    ['😀x 𝒳𝒴', 'xy'],
  ])('finds %s by %s', (stored, query) => {
    expect(finds(stored, query)).toBe(true)
    expect(matchesWords(stored, query)).toBe(true)
  })

  it.each([
    ['Anna Kern', 'nna'],
    ['Anna Kern', 'anna b'],
    ['Anna Kern', 'annak'],
    ['Anna Kern', 'a'],
  ])('does not find %s by %s', (stored, query) => {
    expect(finds(stored, query)).toBe(false)
    expect(matchesWords(stored, query)).toBe(false)
  })

  it('answers candidates for a long word; the opened text has the last word', () => {
    const long = 'x'.repeat(LONGEST_PREFIX)
    expect(finds(`${long}abc`, `${long}def`)).toBe(true)
    expect(matchesWords(`${long}abc`, `${long}def`)).toBe(false)
  })

  it('refuses a query without a word, which would match every row', () => {
    for (const nothing of ['', '  ', '@', '-.-']) {
      expect(index.wordQuery('users.name', nothing)).toEqual({ ok: false, error: 'no-words' })
    }
  })

  it('is bounded whatever is pasted, without repetitions, in an order that tells nothing', () => {
    const novel = Array.from({ length: 10_000 }, (_, i) => `word${i}${'y'.repeat(100)}`).join(' ')
    const entries = index.wordPrefixes('users.name', novel)
    expect(entries.length).toBeLessThanOrEqual(16 * (LONGEST_PREFIX - 1))
    expect(new Set(entries.map((entry) => entry.toString('hex'))).size).toBe(entries.length)
    expect(entries).toEqual([...entries].sort(Buffer.compare))
    expect(index.wordPrefixes('users.name', 'anna anna ANNA')).toHaveLength(3)
  })

  it('takes text that is no text without failing', () => {
    expect(wordsOf('\ud800 \u0000 \u200b')).toEqual([])
    expect(index.wordPrefixes('users.name', '\ud800')).toEqual([])
  })
})
