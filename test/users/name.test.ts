import { describe, expect, it } from 'vitest'
import { parseName } from '../../src/users/name.ts'

describe('a name', () => {
  it.each([
    'Ada Lovelace',
    'Ng',
    '李',
    "Seán O'Hara",
    'ع\u200cلی',
    'X Æ A-12',
    '👩‍🔬',
    'a'.repeat(200),
    '😀'.repeat(200),
  ])('%s is one', (name) => {
    expect(parseName(name)).toEqual({ ok: true, value: name })
  })

  it('is the same however its accents were typed', () => {
    expect(parseName(' Rene\u0301 ')).toEqual({ ok: true, value: 'Ren\u00e9' })
  })

  it.each([
    ['nothing', ''],
    ['spaces alone', '   '],
    ['invisible characters alone', '\u200b\u200d'],
    ['a line break', 'Ada\nLovelace'],
    ['a null', 'Ada\0'],
    ['an escape sequence', 'Ada\u001b[31m'],
    ['a turned direction', 'Ada\u202etxt.exe'],
    ['half a character', 'Ada\ud83d'],
    ['201 characters', 'a'.repeat(201)],
  ])('is not %s', (_what, name) => {
    expect(parseName(name)).toEqual({ ok: false, error: 'name-invalid' })
  })
})
