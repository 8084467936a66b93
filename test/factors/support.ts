import fc from 'fast-check'
import { type Proof, type SecondFactor, secondFactors } from '../../src/factors/factor.ts'
import { type Held, holdsNothing } from '../../src/factors/held.ts'
import { levels } from '../../src/factors/level.ts'
import { demands, type Rule } from '../../src/factors/rule.ts'

const at = new Date('2030-01-15T12:00:00Z')

export const proof = (factor: Exclude<Proof['factor'], 'passkey' | 'trusted-browser'>): Proof => ({ factor, at })
export const passkeyProof = (more: { readonly verified?: boolean; readonly synced?: boolean } = {}): Proof => ({
  factor: 'passkey',
  at,
  verified: false,
  synced: false,
  ...more,
})
export const trustedBy = (by: SecondFactor): Proof => ({ factor: 'trusted-browser', at, by })

export const holding = (own: Partial<Held> = {}): Held => ({ ...holdsNothing, hasPassword: true, ...own })

const someFactors = fc.subarray([...secondFactors])
const anyGrace = fc.constantFrom(undefined, 0, 1000, 86_400_000)

/** What an organisation, a role, an application or a request may ask for. */
export const anyRule: fc.Arbitrary<Rule> = fc.record({
  mfa: fc.constantFrom(undefined, ...demands),
  level: fc.constantFrom(undefined, undefined, ...levels),
  factors: fc.option(someFactors, { nil: undefined }),
  grace: anyGrace,
})

/** What an operator asks for: what they do not let count is not offered, either. */
export const anyInstanceRule: fc.Arbitrary<Rule> = fc
  .record({ mfa: fc.constantFrom(...demands), factors: someFactors, grace: fc.constantFrom(0, 1000) })
  .map((rule) => ({ ...rule, offers: rule.factors }))

export const anyRules: fc.Arbitrary<readonly Rule[]> = fc
  .tuple(anyInstanceRule, fc.array(anyRule, { maxLength: 3 }))
  .map(([instance, others]) => [instance, ...others])

export const anyHeld: fc.Arbitrary<Held> = fc.record({
  passkeys: fc.nat(2),
  totps: fc.nat(2),
  emailCode: fc.boolean(),
  backupCodes: fc.constantFrom(0, 1, 10),
  hasBackupCodes: fc.boolean(),
  hasPassword: fc.boolean(),
  passwordByMailbox: fc.boolean(),
  mustEnrol: fc.boolean(),
  graceBeganAt: fc.constant(undefined),
})

const anyProof: fc.Arbitrary<Proof> = fc.oneof(
  fc.constantFrom('totp', 'email-code', 'backup-code').map((factor): Proof => ({ factor, at })),
  fc.record({ verified: fc.boolean(), synced: fc.boolean() }).map((more): Proof => passkeyProof(more)),
  fc.constantFrom(...secondFactors).map(trustedBy),
)

/** Of a sign-in that has begun: a first factor, and whatever else. */
export const anyProofs: fc.Arbitrary<readonly Proof[]> = fc
  .tuple(
    fc.constantFrom<Proof>(proof('password'), passkeyProof({ verified: true })),
    fc.array(anyProof, { maxLength: 3 }),
  )
  .map(([first, more]) => [first, ...more])
