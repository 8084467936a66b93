import { type Decision, decide } from '../../factors/decide.ts'
import type { Progress } from './state.ts'
import type { LoginFacts } from './step.ts'

/** What the rules make of this attempt. */
export const nextOf = ({ proofs }: Progress, { held, demand }: LoginFacts): Decision => decide({ proofs, held, demand })

/** An enrolment alone can be put off, and only while there is time. */
export const isPutOff = ({ passed }: Progress, { graceUntil }: LoginFacts): boolean =>
  passed?.putOff === true && graceUntil !== undefined

/** The last word, whatever the table of steps says. */
export function isEnough(progress: Progress, facts: LoginFacts): boolean {
  const next = nextOf(progress, facts)
  return next.kind === 'enough' || (next.kind === 'enrol' && isPutOff(progress, facts))
}
