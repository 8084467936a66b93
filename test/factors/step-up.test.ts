import { describe, expect, it } from 'vitest'
import type { Proof } from '../../src/factors/factor.ts'
import { type Held, holdsNothing } from '../../src/factors/held.ts'
import { steppedUpAt, strongestOf } from '../../src/factors/step-up.ts'

const all = ['passkey', 'totp', 'email-code', 'backup-code'] as const
const held = (own: Partial<Held> = {}): Held => ({ ...holdsNothing, hasPassword: true, ...own })
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute))
const proof = (factor: Exclude<Proof['factor'], 'passkey' | 'trusted-browser'>, minute = 0): Proof => ({
  factor,
  at: at(minute),
})
const passkey = (minute = 0, verified = true): Proof => ({ factor: 'passkey', at: at(minute), verified, synced: false })
const trusted = (minute = 0): Proof => ({ factor: 'trusted-browser', by: 'totp', at: at(minute) })
const minuteOf = (proofs: readonly Proof[], own: Partial<Held> = {}) =>
  steppedUpAt(proofs, held(own), all)?.getUTCMinutes()

describe('a sensitive change (threat 20) asks for a sign-in as strong as the person’s strongest factor', () => {
  it.each([
    ['a password alone of whoever has nothing else', {}, 'aal1'],
    ['an app', { totps: 1 }, 'aal2'],
    ['a passkey', { passkeys: 1, totps: 1 }, 'phr'],
    ['never a mailbox', { emailCode: true }, 'aal1'],
  ] as const)('%s', (_what, own, level) => {
    expect(strongestOf(held(own), all)).toBe(level)
  })

  it('a factor that the instance does not let count is asked for by nobody', () => {
    expect(strongestOf(held({ passkeys: 1, totps: 1 }), ['totp'])).toBe('aal2')
    expect(strongestOf(held({ passkeys: 1, totps: 1 }), ['email-code'])).toBe('aal1')
  })

  it('less does not open it', () => {
    expect(minuteOf([])).toBeUndefined()
    expect(minuteOf([proof('password')], { totps: 1 })).toBeUndefined()
    expect(minuteOf([proof('password'), proof('totp')], { passkeys: 1 })).toBeUndefined()
    expect(minuteOf([passkey(0, false)], { passkeys: 1 }), 'without a finger, whoever holds it').toBeUndefined()
    expect(minuteOf([proof('totp')], { totps: 1 }), 'a second factor and no first').toBeUndefined()
  })

  it('an e-mail code and a trusted browser never do', () => {
    expect(minuteOf([proof('password'), trusted()], { totps: 1 })).toBeUndefined()
    expect(minuteOf([proof('password'), proof('email-code')], { totps: 1 })).toBeUndefined()
    expect(minuteOf([proof('email-code')])).toBeUndefined()
    expect(minuteOf([trusted()])).toBeUndefined()
    expect(minuteOf([proof('password'), trusted()]), 'nor where the password alone would').toBeUndefined()
    expect(minuteOf([proof('password'), trusted()], { emailCode: true })).toBeUndefined()
  })

  it('what reaches it opens it', () => {
    expect(minuteOf([proof('password', 3)])).toBe(3)
    expect(minuteOf([proof('password', 3), proof('totp', 4)], { totps: 1 })).toBe(3)
    expect(minuteOf([passkey(5)], { passkeys: 1 })).toBe(5)
    expect(minuteOf([proof('password', 3), passkey(5, false)], { passkeys: 1 })).toBe(3)
  })

  it('a backup code beside the password opens it, whatever was lost', () => {
    expect(minuteOf([proof('password', 3), proof('backup-code', 4)], { passkeys: 1 })).toBe(3)
    expect(minuteOf([proof('backup-code', 4)], { passkeys: 1 })).toBeUndefined()
  })

  it('is as old as the oldest proof that it takes, and no older for what came before', () => {
    expect(minuteOf([proof('password', 1), proof('password', 30)])).toBe(30)
    expect(minuteOf([proof('password', 1), passkey(30)], { passkeys: 1 })).toBe(30)
    expect(minuteOf([proof('password', 1), proof('totp', 30)], { totps: 1 })).toBe(1)
  })
})
