import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secondFactors } from '../../src/factors/factor.ts'
import { reaches } from '../../src/factors/level.ts'
import { demandOf } from '../../src/factors/rule.ts'
import { anyRule, anyRules } from './support.ts'

describe('[MOS-5] what all who may ask ask for together', () => {
  it('without anybody who asks it is one factor', () => {
    const nothing = { level: 'aal1', usesWhatThereIs: false, counting: secondFactors, offered: secondFactors, grace: 0 }
    expect(demandOf([])).toEqual(nothing)
    expect(demandOf([{ mfa: 'off' }])).toEqual(nothing)
  })

  it.each([
    ['off', 'aal1', false],
    ['optional', 'aal1', true],
    ['required', 'mfa', true],
    ['phishing-resistant', 'phr', true],
  ] as const)('%s asks for %s', (mfa, level, usesWhatThereIs) => {
    expect(demandOf([{ mfa }])).toMatchObject({ level, usesWhatThereIs })
  })

  it('a request that names a level asks for it, and for what there is', () => {
    expect(demandOf([{ level: 'aal2' }])).toMatchObject({ level: 'aal2', usesWhatThereIs: true })
    expect(demandOf([{ level: 'aal1' }])).toMatchObject({ level: 'aal1', usesWhatThereIs: true })
  })

  it('who says off takes nothing from the others', () => {
    expect(demandOf([{ mfa: 'required' }, { mfa: 'off' }, { level: 'aal1' }]).level).toBe('mfa')
    expect(demandOf([{ mfa: 'optional' }, { mfa: 'off' }]).usesWhatThereIs).toBe(true)
  })

  it('what counts is what all of them let count; what there is, the instance alone says', () => {
    const instance = { factors: ['passkey', 'totp'], offers: ['passkey', 'totp'] } as const
    const demand = demandOf([instance, { factors: ['passkey', 'email-code'] }])
    expect(demand.counting).toEqual(['passkey'])
    expect(demand.offered).toEqual(['passkey', 'totp'])
  })

  it.each([
    ['nobody asks', [{ mfa: 'optional', grace: 1000 }], 0],
    ['one who gives time', [{ mfa: 'required', grace: 1000 }], 1000],
    [
      'the shortest of two',
      [
        { mfa: 'required', grace: 1000 },
        { mfa: 'phishing-resistant', grace: 500 },
      ],
      500,
    ],
    ['one who gives none', [{ mfa: 'required', grace: 1000 }, { level: 'aal2' }], 0],
    ['one who asks for nothing does not shorten it', [{ mfa: 'required', grace: 1000 }, { mfa: 'optional' }], 1000],
  ] as const)('time to put it off: %s', (_what, rules, grace) => {
    expect(demandOf(rules).grace).toBe(grace)
  })

  it('one rule more asks for no less, in whichever order', () => {
    fc.assert(
      fc.property(anyRules, anyRule, (rules, more) => {
        const [before, after] = [demandOf(rules), demandOf([...rules, more])]
        expect(reaches(after.level, before.level)).toBe(true)
        expect(after.usesWhatThereIs || !before.usesWhatThereIs).toBe(true)
        expect(before.counting).toEqual(expect.arrayContaining([...after.counting]))
        expect(after.offered).toEqual(before.offered)
        if (before.level !== 'aal1') expect(after.grace).toBeLessThanOrEqual(before.grace)
        expect(demandOf([more, ...rules])).toEqual(after)
      }),
    )
  })
})
