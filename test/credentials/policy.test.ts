import { describe, expect, it } from 'vitest'
import { type About, judge } from '../../src/credentials/password/password.ts'
import { minimumLength } from '../../src/credentials/password/policy.ts'
import { standsBesidePassword } from '../../src/factors/beside-password.ts'
import { holdsNothing } from '../../src/factors/held.ts'
import { workSince } from '../support/work.ts'
import { secret } from './support.ts'

const ada: About = { email: 'ada.lovelace@example.com', names: ['Ada Lovelace'] }
const serviceNames = ['Hearthkey', 'Nordwind Konto', 'id.nordwind.example']

function refusal(text: string, about: About = ada, minimum = minimumLength({ preset: 'default' })) {
  const judged = judge(secret(text), about, { minimum, serviceNames })
  return judged.ok ? undefined : judged.error
}
const reason = (text: string, about?: About) => refusal(text, about)?.reason

describe('[MOS-3] what a password must be', () => {
  it('at least 12 characters, counted as people count them', () => {
    expect(refusal('elevenchars')).toEqual({ reason: 'too-short', minimum: 12 })
    expect(refusal('twelve chars')).toBeUndefined()
    expect(refusal('😀'.repeat(11))).toEqual({ reason: 'too-short', minimum: 12 })
    expect(refusal('😀🐴🔋📎🌊🍞🚲🎻🧊🦊🪴🧭')).toBeUndefined()
    expect(refusal('e\u0301'.repeat(11)), 'eleven letters with their accents').toMatchObject({ reason: 'too-short' })
  })

  it('of any characters: there is no rule about which', () => {
    for (const text of ['aaaaaaaaaaaa', '123456789012', '            ', 'ÄÖÜäöüßẞéèêë', 'пароль из слов'])
      expect(refusal(text)).toBeUndefined()
  })

  it('as long as anybody types, whole: 64 characters and more, up to 4 KB', () => {
    expect(refusal('a'.repeat(64))).toBeUndefined()
    expect(refusal('😀'.repeat(64))).toBeUndefined()
    expect(refusal('a'.repeat(4096))).toBeUndefined()
    expect(refusal('a'.repeat(4097))).toEqual({ reason: 'too-long', maximumBytes: 4096 })
    expect(refusal('é'.repeat(2049))).toMatchObject({ reason: 'too-long' })
  })

  it('refused at a megabyte before anything is done with it (threat 31)', () => {
    const huge = secret('é'.repeat(1024 * 1024))
    const work = workSince()
    expect(judge(huge, ada, { minimum: minimumLength({ preset: 'default' }), serviceNames }).ok).toBe(false)
    expect(work()).toBeLessThan(50)
  })
})

describe('the preset nist', () => {
  const nist = minimumLength({ preset: 'nist' })

  it('asks for 15 characters where the password is the only factor, and for 8 beside a second one', () => {
    expect(refusal('fourteen chars', ada, nist)).toEqual({ reason: 'too-short', minimum: 15 })
    expect(refusal('fifteen letters', ada, nist)).toBeUndefined()
    const twoFactors = { ...ada, hasSecondFactor: true }
    expect(refusal('7 chars', twoFactors, nist)).toEqual({ reason: 'too-short', minimum: 8 })
    expect(refusal('eight ch', twoFactors, nist)).toBeUndefined()
  })

  it('is beside a factor that is asked for at every sign-in, and beside no other', () => {
    const app = { ...holdsNothing, totps: 1 }
    const codes = { ...holdsNothing, backupCodes: 8, hasBackupCodes: true }
    const mailbox = { ...holdsNothing, emailCode: true }
    const optional = { mfa: 'optional' } as const
    expect([app, mailbox].map((held) => standsBesidePassword(held, optional))).toEqual([true, true])
    expect([holdsNothing, codes].map((held) => standsBesidePassword(held, optional))).toEqual([false, false])
    expect(standsBesidePassword(app, { mfa: 'off' }), 'nobody asks for it').toBe(false)
    expect(standsBesidePassword(app, { mfa: 'required', factors: ['passkey'] }), 'it does not count').toBe(false)
    expect(standsBesidePassword({ ...mailbox, passwordByMailbox: true }, optional), 'set by that mailbox').toBe(false)
    expect(standsBesidePassword(mailbox, optional, true), 'to be set by it').toBe(false)
  })

  it('steps back behind a length that the operator set for everybody', () => {
    expect(minimumLength({ preset: 'nist', minLength: 20 })).toEqual({ alone: 20, besideASecond: 20 })
    expect(minimumLength({ preset: 'default', minLength: 8 })).toEqual({ alone: 8, besideASecond: 8 })
  })
})

describe('a password is not', () => {
  it.each([
    ' Ada.Lovelace@Example.com',
    'ada.lovelace',
    'ada.lovelace1',
    'AdaLovelace2024!',
    '!!ada_lovelace!!',
    'lovelace ada 99',
    'example.com/ada',
    'ÁDA lovelacé',
  ])('the address, or the part before its @, however it is decorated: %s', (text) => {
    expect(reason(text.padEnd(12, '1'))).toBe('is-email')
  })

  it('an address without a letter before the @', () => {
    expect(reason('+49 170 1234567', { email: '491701234567@example.com' })).toBe('is-email')
  })

  it.each(['Grace Hopper 1906', 'hoppergrace!', 'GRACE.HOPPER', 'hopper example 1'])('the name: %s', (text) => {
    expect(reason(text, { email: 'g.h@example.com', names: ['Grace Hopper'] })).toBe('is-name')
  })

  it.each(['hearthkey2024', 'Hearthkey!!!', 'nordwind-konto', 'ada@hearthkey', 'id.nordwind.example'])(
    'the name of the service or of whoever runs it: %s',
    (text) => {
      expect(reason(text)).toBe('common')
    },
  )

  it.each([
    'lovelace walks home',
    'ada has a dog',
    'hearthkey is warm',
    'adalovelacee',
    'ada 4471 lovelace 90215',
    'notmyemail@example.net',
  ])('refused for holding a name beside something else: %s', (text) => {
    expect(reason(text)).toBeUndefined()
  })

  it('refused because of a single letter in an address', () => {
    expect(reason('aaaa bbbb aaaa', { email: 'a@b.example', names: ['A B'] })).toBeUndefined()
  })
})
