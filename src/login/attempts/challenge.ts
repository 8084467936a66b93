import type { StepName } from '../machine/steps.ts'
import type { Challenge } from './attempt.ts'

const MINUTE = 60_000
export const CHALLENGE_MS = 5 * MINUTE
/** Of one challenge. How many there are over all challenges of an account is counted by the guard (threat 14). */
export const MOST_TRIES = 5

const challenging: ReadonlySet<StepName> = new Set(['second-factor', 'mailbox'])

/** Anew for each step that waits for a code: whoever takes longer signs in again. */
export const challengeAt = (step: StepName, now: Date): Challenge | undefined =>
  challenging.has(step) ? { until: new Date(now.getTime() + CHALLENGE_MS), failures: 0 } : undefined

export type OverBy = 'tries' | 'time'

export const isOver = (challenge: Challenge | undefined, now: Date): boolean =>
  challenge !== undefined && (challenge.until <= now || challenge.failures >= MOST_TRIES)

/** Of one that is over. */
export const overBy = (challenge: Challenge | undefined): OverBy =>
  (challenge?.failures ?? 0) >= MOST_TRIES ? 'tries' : 'time'
