import { generateSync } from 'otplib'
import { describe, expect, it } from 'vitest'
import { codeAt, matchingStep, newSecret, uriOf } from '../../../src/credentials/totp/codes.ts'
import { nameOf } from '../../../src/credentials/totp/totp.ts'
import { Secret } from '../../../src/lib/secret.ts'
import rfc4226 from './rfc-4226-appendix-d.json' with { type: 'json' }
import rfc6238 from './rfc-6238-appendix-b.json' with { type: 'json' }

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 §6, written here so that nothing of what is tested encodes what it is tested with. */
function base32(text: string): Secret<string> {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{1,5}/g) ?? []
  return new Secret(letters.map((group) => alphabet.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join(''))
}

describe('the code of a step', () => {
  it.each(rfc4226.values.map((value, counter) => ({ counter, value })))(
    'is that of RFC 4226, Appendix D: $value at $counter [MON-4]',
    ({ counter, value }) => expect(codeAt(base32(rfc4226.secret), counter)).toBe(value),
  )

  it.each(rfc6238.values)('is that of RFC 6238, Appendix B, at $time, less the two digits in front [MON-4]', (row) => {
    const secret = base32(rfc6238.secrets.sha1)
    expect(codeAt(secret, Math.floor(row.time / 30))).toBe(row.sha1.slice(2))
    expect(matchingStep(secret, row.sha1.slice(2), new Date(row.time * 1000), -1)).toBe(Math.floor(row.time / 30))
  })

  it.each(
    rfc6238.values.flatMap((row) =>
      (['sha1', 'sha256', 'sha512'] as const).map((algorithm) => ({ ...row, algorithm })),
    ),
  )('from the library is that of RFC 6238, Appendix B, in full: $algorithm at $time', ({ algorithm, time, ...row }) => {
    const secret = base32(rfc6238.secrets[algorithm]).reveal()
    expect(generateSync({ secret, algorithm, digits: 8, epoch: time })).toBe(row[algorithm])
  })
})

describe('a code', () => {
  const secret = base32(rfc4226.secret)
  const step = 1000
  const at = (steps: number, ms = 0) => new Date(steps * 30_000 + ms)

  it.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('that is %i steps away: %s', (away, accepted) => {
    expect(matchingStep(secret, codeAt(secret, step + away), at(step), -1)).toBe(accepted ? step + away : undefined)
    expect(matchingStep(secret, codeAt(secret, step + away), at(step, 29_999), -1) !== undefined).toBe(accepted)
  })

  it('counts once, and after it none that is older, though the window were open to it', () => {
    for (const away of [-1, 0, 1])
      expect(matchingStep(secret, codeAt(secret, step + away), at(step), step) !== undefined).toBe(away === 1)
  })

  it.each([' 755224', '755 224', '755-224', '７５５２２４', '755\u00a0224', '75 52 24\n'])(
    'may be typed as %j',
    (typed) => expect(matchingStep(secret, typed, at(0), -1)).toBe(0),
  )

  it.each([
    '',
    '75522',
    '7552240',
    '755224755224',
    '75522a',
    '+75522',
    '7.5224',
    '٧٥٥٢٢٤',
    `${' '.repeat(1000)}755224`,
  ])('is none: %j', (typed) => expect(matchingStep(secret, typed, at(0), -1)).toBeUndefined())
})

describe('what an app is given', () => {
  it('is a secret of 160 bits, another one each time', () => {
    const made = Array.from({ length: 50 }, () => newSecret().reveal())
    for (const secret of made) expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(new Set(made).size).toBe(50)
  })

  it('is an address that says whose it is and where, and nothing that apps do not know [MON-4]', () => {
    const secret = newSecret()
    const url = new URL(uriOf(secret, 'Nordwind & Söhne: ID', 'ada+books@example.com').reveal())
    expect(url.href).toMatch(/^otpauth:\/\/totp\//)
    expect(decodeURIComponent(url.pathname).replace(/^\/*totp\//, '')).toMatch(/:\s*ada\+books@example\.com$/)
    expect(url.searchParams.get('secret')).toBe(secret.reveal())
    expect(url.searchParams.get('issuer')).toContain('Nordwind & Söhne')
    for (const [name, usual] of Object.entries({ algorithm: 'SHA1', digits: '6', period: '30' }))
      expect([null, usual]).toContain(url.searchParams.get(name))
  })

  it.each(['', '   ', 'a\nb', 'a\u202eb', 'x'.repeat(101)])('has no name like %j', (typed) =>
    expect(nameOf(typed)).toBeUndefined(),
  )

  it('has a name without what stands around it', () => expect(nameOf('  Adas Telefon ☎ ')).toBe('Adas Telefon ☎'))
})
