import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decision, decide } from '../../src/factors/decide.ts'
import { countsAs, type Proof, type SecondFactor } from '../../src/factors/factor.ts'
import { type Held, secondFactorsOf } from '../../src/factors/held.ts'
import { levelOf, reaches } from '../../src/factors/level.ts'
import { demandOf, type Rule } from '../../src/factors/rule.ts'
import { anyHeld, anyProofs, anyRule, anyRules, holding, passkeyProof, proof, trustedBy } from './support.ts'

const password = proof('password')
const [off, optional, required, phishingResistant] = (
  ['off', 'optional', 'required', 'phishing-resistant'] as const
).map((mfa): Rule => ({ mfa })) as [Rule, Rule, Rule, Rule]
const next = (proofs: readonly Proof[], held: Partial<Held>, ...rules: Rule[]): Decision =>
  decide({ proofs, held: holding(held), demand: demandOf(rules) })

const enough: Decision = { kind: 'enough' }
const stuck: Decision = { kind: 'stuck' }
const prove = (...factors: SecondFactor[]): Decision => ({ kind: 'prove', factors })
const enrol = (mailboxFirst: boolean, ...factors: SecondFactor[]): Decision => ({
  kind: 'enrol',
  factors,
  mailboxFirst,
})
const all = { passkeys: 1, totps: 1, emailCode: true, backupCodes: 10 } as const

describe('[MON-4][MOS-5] what comes next in a sign-in', () => {
  it.each<[string, Decision, Decision]>([
    ['a password, where nobody is asked', next([password], all, off), enough],
    ['a password of whoever has nothing else', next([password], {}, optional), enough],
    [
      'a password of whoever has more',
      next([password], all, optional),
      prove('passkey', 'totp', 'email-code', 'backup-code'),
    ],
    ['a password and an app, where it is asked for', next([password, proof('totp')], all, required), enough],
    ['a passkey alone', next([passkeyProof({ verified: true })], all, phishingResistant), enough],
    [
      'a mailed code, where more is asked for',
      next([password, proof('email-code')], all, { level: 'aal2' }),
      prove('passkey', 'totp', 'backup-code'),
    ],
    [
      'whoever has nothing, where it is asked for',
      next([password], {}, required),
      enrol(true, 'passkey', 'totp', 'email-code'),
    ],
    [
      'whoever has nothing, where a mailed code does not count',
      next([password], {}, required, { factors: ['passkey', 'totp'] }),
      enrol(true, 'passkey', 'totp'),
    ],
    [
      'an app, where a passkey is asked for: the app first',
      next([password], { totps: 1 }, phishingResistant),
      prove('totp'),
    ],
    [
      'then the passkey, and no mailbox',
      next([password, proof('totp')], { totps: 1 }, phishingResistant),
      enrol(false, 'passkey'),
    ],
    ['nothing that counts can be added', next([password], {}, required, { factors: ['backup-code'] }), stuck],
    [
      'a browser that is trusted, where two are asked for',
      next([password, trustedBy('totp')], { totps: 1 }, required),
      enough,
    ],
    [
      'a browser that is trusted, where it does not reach',
      next([password, trustedBy('totp')], { totps: 1 }, { level: 'aal2' }),
      prove('totp'),
    ],
    [
      'a browser that is trusted by what does not count',
      next([password, trustedBy('totp')], { totps: 1, passkeys: 1 }, required, { factors: ['passkey'] }),
      prove('passkey'),
    ],
  ])('%s', (_what, decision, expected) => {
    expect(decision).toEqual(expected)
  })

  it.each<[string, Decision, Decision]>([
    ['goes in where that is enough', next([password, proof('backup-code')], all, required), enough],
    [
      'leads to another passkey where one is asked for: the device is gone',
      next([password, proof('backup-code')], all, phishingResistant),
      enrol(false, 'passkey'),
    ],
    [
      'is offered beside a passkey that would reach',
      next([password], { passkeys: 1, backupCodes: 1 }, phishingResistant),
      prove('passkey', 'backup-code'),
    ],
    ['is nothing without another factor', next([password], { backupCodes: 10 }, optional), enough],
    [
      'is nothing to enrol',
      next([password], { backupCodes: 10 }, required, { factors: ['totp', 'backup-code'] }),
      enrol(true, 'totp'),
    ],
  ])('a backup code %s', (_what, decision, expected) => {
    expect(decision).toEqual(expected)
  })

  it.each<[string, Decision, Decision]>([
    [
      'is not asked for',
      next([password], { emailCode: true, totps: 1, passwordByMailbox: true }, optional),
      prove('totp'),
    ],
    [
      'leaves nothing that this person could do',
      next([password], { emailCode: true, passwordByMailbox: true }, optional),
      stuck,
    ],
    [
      'leaves backup codes',
      next([password], { emailCode: true, backupCodes: 3, passwordByMailbox: true }, optional),
      prove('backup-code'),
    ],
    [
      'counts for nothing if it is shown',
      next([password, proof('email-code')], { emailCode: true, passwordByMailbox: true }, required),
      stuck,
    ],
    ['is nothing to enrol', next([password], { passwordByMailbox: true }, required), enrol(true, 'passkey', 'totp')],
    [
      'nor where nothing else counts',
      next([password], { passwordByMailbox: true }, required, { factors: ['email-code'] }),
      stuck,
    ],
    [
      'vouches for no browser',
      next([password, trustedBy('email-code')], { emailCode: true, passwordByMailbox: true }, required),
      stuck,
    ],
    [
      'counts beside a password that something else has vouched for',
      next([password, proof('email-code')], { emailCode: true }, required),
      enough,
    ],
  ])('a mailed code, beside a password that was set by mail, %s', (_what, decision, expected) => {
    expect(decision).toEqual(expected)
  })

  it.each<[string, Decision, Decision]>([
    [
      'is asked for, and then another',
      next([password], { totps: 1 }, required, { factors: ['passkey'] }),
      prove('totp'),
    ],
    [
      'and only then the other is added',
      next([password, proof('totp')], { totps: 1 }, required, { factors: ['passkey'] }),
      enrol(false, 'passkey'),
    ],
    [
      'is asked for, where none is asked for beside it',
      next([password], { totps: 1 }, optional, { mfa: 'off', factors: ['passkey'] }),
      prove('totp'),
    ],
    [
      'is not asked for where the instance does not have it',
      next([password], { totps: 1 }, { mfa: 'required', factors: ['passkey'], offers: ['passkey'] }),
      enrol(true, 'passkey'),
    ],
  ])('a factor that a rule does not count %s', (_what, decision, expected) => {
    expect(decision).toEqual(expected)
  })

  it('a mailed code is switched on only where one has arrived, whatever else was proven', () => {
    const rules = [required, { factors: ['passkey', 'email-code'] }] as const
    expect(next([password, proof('totp')], { totps: 1 }, ...rules)).toEqual(enrol(true, 'passkey', 'email-code'))
  })

  it('whose factors were taken away enrols another, whatever the rules say', () => {
    const mustEnrol = { mustEnrol: true } as const
    expect(next([password], mustEnrol, off)).toMatchObject({ kind: 'enrol', mailboxFirst: true })
    const rules = [phishingResistant, { factors: ['passkey', 'totp'] }] as const
    const another = { kind: 'enrol', mailboxFirst: false }
    expect(next([passkeyProof({ verified: true })], { ...mustEnrol, passkeys: 1 }, ...rules)).toMatchObject(another)
  })
})

/** From what opens most. */
const rank = ({ kind }: Decision) => (kind === 'enough' ? 0 : 1)

describe('of all proofs, factors and rules', () => {
  const anything = { numRuns: 4000 }

  it('enough is never less than what is asked for', () => {
    fc.assert(
      fc.property(anyProofs, anyHeld, anyRules, (proofs, held, rules) => {
        const demand = demandOf(rules)
        if (decide({ proofs, held, demand }).kind !== 'enough') return
        expect(reaches(levelOf(proofs), demand.level)).toBe(true)
        expect(held.mustEnrol).toBe(false)
        // Looked at from outside: what counts beside a password, or in its place, must be there.
        const counted = proofs
          .map(countsAs)
          .filter((factor) => factor !== undefined && demand.counting.includes(factor))
        if (demand.level !== 'aal1') expect(counted).not.toEqual([])
      }),
      anything,
    )
  })

  it('one rule more never opens anything', () => {
    fc.assert(
      fc.property(anyProofs, anyHeld, anyRules, anyRule, (proofs, held, rules, more) => {
        const before = decide({ proofs, held, demand: demandOf(rules) })
        const after = decide({ proofs, held, demand: demandOf([...rules, more]) })
        expect(rank(after)).toBeGreaterThanOrEqual(rank(before))
      }),
      anything,
    )
  })

  it('one rule more lets nobody enrol who had to prove something before', () => {
    fc.assert(
      fc.property(anyHeld, anyRules, anyRule, (held, rules, more) => {
        const situation = { proofs: [password], held }
        if (decide({ ...situation, demand: demandOf(rules) }).kind !== 'prove') return
        expect(decide({ ...situation, demand: demandOf([...rules, more]) }).kind).not.toBe('enrol')
      }),
      anything,
    )
  })

  it('a mailed code beside a password that was set by mail changes nothing', () => {
    fc.assert(
      fc.property(anyProofs, anyHeld, anyRules, (proofs, held, rules) => {
        const situation = { held: { ...held, passwordByMailbox: true }, demand: demandOf(rules) }
        const without = proofs.filter((one) => countsAs(one) !== 'email-code')
        expect(decide({ ...situation, proofs })).toEqual(decide({ ...situation, proofs: without }))
      }),
      anything,
    )
  })

  it('nobody with a second factor that there is here arrives by a password alone, where anybody is asked', () => {
    fc.assert(
      fc.property(anyHeld, anyRules, (held, rules) => {
        const demand = demandOf(rules)
        if (!demand.usesWhatThereIs || secondFactorsOf(held, demand.offered).length === 0) return
        expect(decide({ proofs: [password], held, demand }).kind).not.toBe('enough')
      }),
      anything,
    )
  })

  it('nobody enrols past a factor that they have and could prove', () => {
    fc.assert(
      fc.property(anyHeld, anyRules, (held, rules) => {
        const demand = demandOf(rules)
        const decision = decide({ proofs: [password], held, demand })
        if (decision.kind !== 'enrol' || (held.mustEnrol && demand.level === 'aal1')) return
        expect(secondFactorsOf(held, demand.offered)).toEqual([])
        expect(decision.mailboxFirst).toBe(true)
      }),
      anything,
    )
  })

  it('only what somebody has is asked for, only what counts is added, and neither list is empty', () => {
    fc.assert(
      fc.property(anyProofs, anyHeld, anyRules, (proofs, held, rules) => {
        const demand = demandOf(rules)
        const decision = decide({ proofs, held, demand })
        if (decision.kind === 'enough' || decision.kind === 'stuck') return
        const { factors } = decision
        expect(factors).not.toEqual([])
        expect(decision.kind === 'prove' ? secondFactorsOf(held) : demand.counting).toEqual(
          expect.arrayContaining([...factors]),
        )
        if (decision.kind === 'enrol') expect(factors).not.toContain('backup-code')
        if (held.passwordByMailbox) expect(factors).not.toContain('email-code')
      }),
      anything,
    )
  })

  it('whoever proves what is asked for gets on: stuck is only who has nothing usable and may add nothing', () => {
    fc.assert(
      fc.property(anyHeld, anyRules, (held, rules) => {
        const demand = demandOf(rules)
        let proofs: readonly Proof[] = [password]
        for (let step = 0; step < 4; step += 1) {
          const decision = decide({ proofs, held, demand })
          if (decision.kind === 'stuck') {
            const usable = secondFactorsOf(held, demand.offered).filter(
              (factor) => factor !== 'email-code' || !held.passwordByMailbox,
            )
            const addable = demand.counting.filter((factor) => factor !== 'backup-code' && factor !== 'email-code')
            expect(usable.length === 0 || addable.length === 0 || !addable.includes('passkey')).toBe(true)
          }
          if (decision.kind !== 'prove') return
          const [factor] = decision.factors
          if (factor === undefined) throw new Error('nothing to prove')
          proofs = [...proofs, factor === 'passkey' ? passkeyProof({ verified: true }) : proof(factor as 'totp')]
        }
        throw new Error(`asked for more than there is: ${JSON.stringify(proofs)}`)
      }),
      anything,
    )
  })
})
