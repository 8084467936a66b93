import { expect, it } from 'vitest'
import { demandOf } from '../../src/factors/rule.ts'
import { rulesInSeat, rulesOfSeat } from '../../src/factors/seat-rules.ts'

const treasurer = { key: 'treasurer', mfa: 'phishing-resistant', apiOnly: false } as const
const program = { key: 'program', mfa: 'phishing-resistant', apiOnly: true } as const
const reader = { key: 'reader', mfa: null, apiOnly: false } as const

it('a role of programs asks nothing of people, neither at the sign-in nor when they remove a factor', () => {
  expect(demandOf(rulesInSeat({}, [program, reader])).level).toBe('aal1')
  expect(rulesOfSeat({}, [program, reader])).toEqual({ own: undefined, ofRoles: [] })
  expect(demandOf(rulesInSeat({}, [program, treasurer])).level).toBe('phr')
})

it('what counts in an organisation counts for its roles, also where they are asked for themselves', () => {
  const asking = { factors: ['passkey', 'carrier pigeon'], grace: 60 }
  const rule = { mfa: 'phishing-resistant', factors: ['passkey'], grace: 60_000 }
  expect(rulesOfSeat(asking, [treasurer]).ofRoles).toEqual([{ role: treasurer, rule }])
  expect(rulesInSeat(asking, [treasurer])).toEqual([{ ...rule, mfa: undefined }, rule])
})
