import { isFirstFactor, type Proof, type SecondFactor } from './factor.ts'
import type { Held } from './held.ts'
import { type Level, levelOf, reaches } from './level.ts'

/** How strong a sensitive change asks a person's sign-in to be: as strong as they can. */
export function strongestOf({ passkeys, totps }: Held, counting: readonly SecondFactor[]): Level {
  if (passkeys > 0 && counting.includes('passkey')) return 'phr'
  return totps > 0 && counting.includes('totp') ? 'aal2' : 'aal1'
}

/**
 * A mailed code and a trusted browser make `mfa` at most, which is below all that is asked for beside a password. Whoever lost
 * the device has a backup code and nothing that reaches further: it opens what they mend that with.
 */
const isEnough = (proofs: readonly Proof[], level: Level): boolean =>
  proofs.some(isFirstFactor) &&
  (reaches(levelOf(proofs), level) ||
    (proofs.some(({ factor }) => factor === 'backup-code') && levelOf(proofs) === 'aal2'))

/**
 * The moment from which on what was proven is as strong as the person can be: the oldest of the proofs that it takes. It is
 * that one which goes stale. Undefined where it takes more than was proven.
 */
export function steppedUpAt(proofs: readonly Proof[], held: Held, counting: readonly SecondFactor[]): Date | undefined {
  // Where the password alone were enough, a browser that somebody left open would be, too: all of it is asked for anew.
  if (proofs.some(({ factor }) => factor === 'trusted-browser')) return undefined
  const level = strongestOf(held, counting)
  const youngestFirst = proofs.toSorted((one, other) => other.at.getTime() - one.at.getTime())
  const last = youngestFirst.find((_, place) => isEnough(youngestFirst.slice(0, place + 1), level))
  return last?.at
}
