import { describe, expect, it } from 'vitest'
import type { SecondFactor } from '../../src/factors/factor.ts'
import { type Held, holdsNothing } from '../../src/factors/held.ts'
import { mayRemove, type RuleOf } from '../../src/factors/may-remove.ts'
import type { Rule } from '../../src/factors/rule.ts'

const held = (own: Partial<Held>): Held => ({ ...holdsNothing, hasPassword: true, ...own })
const ofInstance = (rule: Rule): RuleOf => ({ whose: { kind: 'instance' }, rule })
const ofAcme = (rule: Rule): RuleOf => ({ whose: { kind: 'organisation', organisation: 'Acme' }, rule })
const ofRole = (rule: Rule): RuleOf => ({ whose: { kind: 'role', role: 'Owner', organisation: 'Acme' }, rule })
const verdict = (factor: SecondFactor, own: Partial<Held>, ...rules: RuleOf[]) => {
  const judged = mayRemove(factor, held(own), [ofInstance({ mfa: 'optional' }), ...rules])
  return judged.ok ? 'may' : judged.error
}
const askedBy = (rule: RuleOf) => ({ reason: 'asked-for', by: rule.whose })

describe('the last way in is never removed', () => {
  it('the only passkey of somebody without a password stays', () => {
    expect(verdict('passkey', { hasPassword: false, passkeys: 1, totps: 1, backupCodes: 10 })).toEqual({
      reason: 'last-way-in',
    })
  })

  it.each([
    ['one of two passkeys goes', 'passkey', { hasPassword: false, passkeys: 2 }],
    ['the only passkey goes beside a password', 'passkey', { passkeys: 1 }],
    ['an app goes beside a passkey', 'totp', { hasPassword: false, passkeys: 1, totps: 1 }],
    ['what nobody asks for goes', 'totp', { totps: 1 }],
  ] as const)('%s', (_what, factor, own) => {
    expect(verdict(factor, own)).toBe('may')
  })
})

describe('the last second factor that somebody asks for stays, and who asks is named', () => {
  const required = { mfa: 'required' } as const

  it.each([
    ['the instance', ofInstance(required)],
    ['an organisation', ofAcme(required)],
    ['a role', ofRole(required)],
  ])('%s', (_who, rule) => {
    expect(verdict('totp', { totps: 1 }, rule)).toEqual(askedBy(rule))
    expect(verdict('totp', { totps: 2 }, rule), 'another one is there').toBe('may')
    expect(verdict('totp', { totps: 1, passkeys: 1 }, rule), 'a stronger one is there').toBe('may')
  })

  it('backup codes do not stand in: they are for the day that another one is gone', () => {
    expect(verdict('totp', { totps: 1, backupCodes: 10 }, ofAcme(required))).toEqual(askedBy(ofAcme(required)))
  })

  it('a factor that does not count for whoever asks does not stand in', () => {
    const rule = ofAcme({ mfa: 'required', factors: ['totp', 'passkey'] })
    expect(verdict('totp', { totps: 1, emailCode: true }, rule)).toEqual(askedBy(rule))
    expect(verdict('email-code', { totps: 1, emailCode: true }, rule)).toBe('may')
  })

  it('nor one that the instance does not let count', () => {
    const rule = ofAcme(required)
    expect(verdict('totp', { totps: 1, emailCode: true }, ofInstance({ factors: ['totp'] }), rule)).toEqual(
      askedBy(rule),
    )
  })

  it('nor a mailbox with which the password was set', () => {
    const rule = ofAcme(required)
    expect(verdict('totp', { totps: 1, emailCode: true, passwordByMailbox: true }, rule)).toEqual(askedBy(rule))
    expect(verdict('totp', { totps: 1, emailCode: true }, rule)).toBe('may')
  })

  it('where a passkey is asked for, nothing but another passkey does', () => {
    const rule = ofRole({ mfa: 'phishing-resistant' })
    expect(verdict('passkey', { passkeys: 1, totps: 1 }, rule)).toEqual(askedBy(rule))
    expect(verdict('passkey', { passkeys: 2, totps: 1 }, rule)).toBe('may')
    expect(verdict('totp', { passkeys: 1, totps: 1 }, rule)).toBe('may')
  })

  it('what was not kept before is no reason: nobody is held to a rule that they could not keep anyway', () => {
    expect(verdict('totp', { totps: 1 }, ofAcme({ mfa: 'phishing-resistant' }))).toBe('may')
  })

  it('an organisation that wants none takes nothing from what the instance asks for', () => {
    const instance = ofInstance(required)
    expect(verdict('totp', { totps: 1 }, instance, ofAcme({ mfa: 'off' }))).toEqual(askedBy(instance))
  })
})
