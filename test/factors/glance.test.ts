import { expect, it } from 'vitest'
import { meets } from '../../src/factors/decide.ts'
import { type Proof, type SecondFactor, secondFactors } from '../../src/factors/factor.ts'
import { isPlainlyEnough } from '../../src/factors/glance.ts'
import { levelOf, levels } from '../../src/factors/level.ts'

const at = new Date(0)
const each: readonly Proof[] = [
  { factor: 'password', at },
  { factor: 'totp', at },
  { factor: 'email-code', at },
  { factor: 'backup-code', at },
  { factor: 'passkey', at, verified: true, synced: true },
  { factor: 'passkey', at, verified: false, synced: false },
  ...secondFactors.map((by): Proof => ({ factor: 'trusted-browser', at, by })),
]

const subsetsOf = <T>([one, ...rest]: readonly T[]): T[][] => {
  if (one === undefined) return [[]]
  const without = subsetsOf(rest)
  return [...without, ...without.map((others) => [one, ...others])]
}

it('what a level says at a glance, the proofs behind it say too: of every set of them, and every rule', () => {
  let saved = 0
  for (const proofs of subsetsOf(each))
    for (const counting of subsetsOf<SecondFactor>(secondFactors))
      for (const level of levels) {
        const demand = { level, counting, usesWhatThereIs: true, offered: secondFactors, grace: 0 }
        if (!isPlainlyEnough(levelOf(proofs), demand)) continue
        saved += 1
        expect(meets(proofs, demand), JSON.stringify({ proofs, demand })).toBe(true)
      }
  expect(saved).toBeGreaterThan(0)
})

it('a level that nobody knows is enough for nothing', () => {
  const demand = {
    level: 'aal1',
    counting: secondFactors,
    usesWhatThereIs: true,
    offered: secondFactors,
    grace: 0,
  } as const
  for (const acr of ['', 'aal3', 'urn:mace:incommon:iap:silver', 'aal1'])
    expect(isPlainlyEnough(acr, demand)).toBe(false)
  expect(isPlainlyEnough('phr', demand)).toBe(true)
})
