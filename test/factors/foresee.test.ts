import { describe, expect, it } from 'vitest'
import type { Proof } from '../../src/factors/factor.ts'
import { foresee, usualSignIn, worstOf } from '../../src/factors/foresee.ts'
import { type Held, holdsNothing } from '../../src/factors/held.ts'
import { demandOf, type Rule } from '../../src/factors/rule.ts'

const now = new Date('2026-03-02T10:00:00Z')
const password: Proof = { factor: 'password', at: now }
const totp: Proof = { factor: 'totp', at: now }
const holding = (held: Partial<Held>): Held => ({ ...holdsNothing, hasPassword: true, ...held })
const of = (held: Partial<Held>, rule: Rule, ...proofs: Proof[]) =>
  foresee(holding(held), demandOf([rule]), proofs.length > 0 ? proofs : [password], now)

describe('[MOS-5] what a rule would do to somebody', () => {
  it('is nothing, where the sign-in that they have is enough', () => {
    expect(of({ totps: 1 }, { mfa: 'required' }, password, totp)).toEqual({ outcome: 'untouched', factors: [] })
    expect(of({}, { mfa: 'optional' })).toEqual({ outcome: 'untouched', factors: [] })
  })

  it('is to be asked for what they have', () => {
    expect(of({ totps: 1 }, { mfa: 'required' })).toEqual({ outcome: 'asked', factors: ['totp'] })
    expect(of({ totps: 1 }, { mfa: 'optional' })).toEqual({ outcome: 'asked', factors: ['totp'] })
    expect(of({ totps: 1, passkeys: 1 }, { mfa: 'phishing-resistant' }, password, totp)).toMatchObject({
      outcome: 'asked',
      factors: ['passkey'],
    })
  })

  it('is the enrolment of one that counts, and until when it can be put off', () => {
    const { putOffUntil, ...rest } = of({}, { mfa: 'required', factors: ['totp', 'passkey'], grace: 86_400_000 })
    expect(rest).toEqual({ outcome: 'enrol', factors: ['passkey', 'totp'] })
    expect(putOffUntil).toEqual(new Date('2026-03-03T10:00:00Z'))
    expect(of({}, { mfa: 'required' })).not.toHaveProperty('putOffUntil')
    const began = new Date('2026-03-01T09:00:00Z')
    expect(of({ graceBeganAt: began }, { mfa: 'required', grace: 86_400_000 })).not.toHaveProperty('putOffUntil')
  })

  it('follows the sign-in to its end: whoever proves what is not enough goes on to enrol', () => {
    expect(of({ totps: 1 }, { mfa: 'phishing-resistant' })).toMatchObject({ outcome: 'enrol', factors: ['passkey'] })
  })

  it('is the end, where nothing that counts can be added', () => {
    expect(of({}, { mfa: 'phishing-resistant', factors: ['totp'] })).toEqual({ outcome: 'stuck', factors: [] })
    const byMailbox = { emailCode: true, passwordByMailbox: true }
    expect(of(byMailbox, { mfa: 'required', factors: ['email-code'] })).toEqual({ outcome: 'stuck', factors: [] })
  })
})

it('of whom no sign-in tells, the present rules say what they prove', () => {
  const optional = demandOf([{ mfa: 'optional' }])
  const factorsIn = (proofs: readonly Proof[]) => proofs.map(({ factor }) => factor)
  expect(factorsIn(usualSignIn(holding({ totps: 1 }), optional, now))).toEqual(['password', 'totp'])
  expect(factorsIn(usualSignIn(holding({ totps: 1 }), demandOf([{ mfa: 'off' }]), now))).toEqual(['password'])
  expect(factorsIn(usualSignIn(holding({ hasPassword: false, passkeys: 1 }), optional, now))).toEqual(['passkey'])
})

it('of several sign-ins the one that goes worst tells', () => {
  const [fine, asked] = [of({ totps: 1 }, { mfa: 'required' }, password, totp), of({ totps: 1 }, { mfa: 'required' })]
  expect(worstOf([fine, asked])).toBe(asked)
  expect(worstOf([])).toBeUndefined()
})
