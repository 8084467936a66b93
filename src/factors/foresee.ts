import { type Decision, decide } from './decide.ts'
import type { Proof, SecondFactor } from './factor.ts'
import { graceUntil } from './grace.ts'
import type { Held } from './held.ts'
import type { Demand } from './rule.ts'

/** From what hurts least. `asked`: for a factor that they have. */
export const outcomes = ['untouched', 'asked', 'enrol', 'stuck'] as const
export type Outcome = (typeof outcomes)[number]

export interface Foreseen {
  readonly outcome: Outcome
  /** One of which they would prove, or enrol. */
  readonly factors: readonly SecondFactor[]
  readonly putOffUntil?: Date
}

interface Course {
  readonly end: Exclude<Decision, { kind: 'prove' }>
  /** What they would have been asked for on the way. */
  readonly asked: readonly SecondFactor[]
  readonly proofs: readonly Proof[]
}

/** A sign-in to its end, of somebody who proves whatever they are asked for: by the function that judges the real ones. */
function courseOf(held: Held, demand: Demand, from: readonly Proof[], at: Date): Course {
  const decision = decide({ proofs: from, held, demand })
  if (decision.kind !== 'prove') return { end: decision, asked: [], proofs: from }
  const [strongest] = decision.factors
  // Asked for something that is not there, or for the same again: nobody gets on from here.
  const isNew = strongest !== undefined && !from.some(({ factor }) => factor === strongest)
  if (!isNew) return { end: { kind: 'stuck' }, asked: decision.factors, proofs: from }
  const proof: Proof =
    strongest === 'passkey' ? { factor: strongest, at, verified: true, synced: true } : { factor: strongest, at }
  const rest = courseOf(held, demand, [...from, proof], at)
  return { ...rest, asked: decision.factors }
}

export function foresee(held: Held, demand: Demand, from: readonly Proof[], now: Date): Foreseen {
  const { end, asked } = courseOf(held, demand, from, now)
  if (end.kind === 'stuck') return { outcome: 'stuck', factors: [] }
  if (end.kind === 'enough') return { outcome: asked.length > 0 ? 'asked' : 'untouched', factors: asked }
  const putOffUntil = graceUntil(demand, held, now)
  return { outcome: 'enrol', factors: end.factors, ...(putOffUntil && { putOffUntil }) }
}

/** What somebody proves who signs in under these rules, of whom no sign-in tells. */
export function usualSignIn(held: Held, demand: Demand, at: Date): readonly Proof[] {
  const byPasskey = !held.hasPassword && held.passkeys > 0
  const first: Proof = byPasskey ? { factor: 'passkey', at, verified: true, synced: true } : { factor: 'password', at }
  return courseOf(held, demand, [first], at).proofs
}

export const worstOf = (all: readonly Foreseen[]): Foreseen | undefined =>
  [...all].sort((a, b) => outcomes.indexOf(b.outcome) - outcomes.indexOf(a.outcome))[0]
