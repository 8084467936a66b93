import { countsAs, isFirstFactor, type Proof, type SecondFactor } from './factor.ts'
import { type Held, secondFactorsOf } from './held.ts'
import { levelOf, reaches } from './level.ts'
import type { Demand } from './rule.ts'

export interface Situation {
  readonly proofs: readonly Proof[]
  readonly held: Held
  readonly demand: Demand
}

export type Decision =
  | { readonly kind: 'enough' }
  /** One of these. */
  | { readonly kind: 'prove'; readonly factors: readonly SecondFactor[] }
  /** One of these anew. */
  | {
      readonly kind: 'enrol'
      readonly factors: readonly SecondFactor[]
      /** Whoever has a stolen password and nothing else must not be the one who enrols: the mailbox is proven before. */
      readonly mailboxFirst: boolean
    }
  /** Nothing that this person could do here: somebody else has to. */
  | { readonly kind: 'stuck' }

/**
 * The one place that says what comes next, of what was proven, what the person has, and what is asked for. The sign-in, every
 * token and the simulation of a rule ask here.
 */
export function decide({ proofs: given, held, demand: { counting, ...rest } }: Situation): Decision {
  // One proof of a mailbox is one factor, once: with it somebody set the password.
  const isSpent = (factor: SecondFactor | undefined) => factor === 'email-code' && held.passwordByMailbox
  const proofs = given.filter((proof) => !isSpent(countsAs(proof)))
  const demand = { ...rest, counting: counting.filter((factor) => !isSpent(factor)) }
  // Theirs, whether it is enough here or not: a rule that lets another factor count alone takes from nobody what they have.
  const own = secondFactorsOf(held, demand.offered)
  const usable = own.filter((factor) => !isSpent(factor))
  const proven = proofs.map(countsAs).filter((factor) => factor !== undefined)
  const usesTheirs = proven.length > 0 || !demand.usesWhatThereIs || own.length === 0
  if (meets(proofs, demand) && usesTheirs) return held.mustEnrol ? enrolment(proofs, demand) : { kind: 'enough' }

  const isLost = proofs.some(({ factor }) => factor === 'backup-code')
  const reaching = usable.filter((factor) => factor !== 'backup-code' && isEnoughWith(factor, proofs, demand))
  // A backup code says that the device is gone: what it opens is the enrolment of another.
  if (reaching.length > 0 && !isLost) return { kind: 'prove', factors: withBackupCode(reaching, usable) }
  const adding = enrolment(proofs, demand)
  if (isLost || proofs.some(isProvenNow)) return adding
  // Asked for though it is not enough: before another is added. Where none may be, it is not asked for in vain.
  const leadsOn = adding.kind === 'enrol' || usable.some((factor) => isEnoughWith(factor, proofs, demand))
  if (usable.length > 0 && leadsOn) return { kind: 'prove', factors: usable }
  return own.length > 0 ? { kind: 'stuck' } : adding
}

/** Whether what was proven is what is asked for: of a sign-in, or of the session behind a token. */
export const meets = (proofs: readonly Proof[], { level, counting }: Pick<Demand, 'level' | 'counting'>): boolean =>
  level === 'aal1' || reaches(levelOf(proofs.flatMap(whatCounts(counting))), level)

/** Of what does not count as a second factor, a first one is left: it says who came. */
const whatCounts =
  (counting: readonly SecondFactor[]) =>
  (proof: Proof): Proof[] => {
    const as = countsAs(proof)
    if (as === undefined || counting.includes(as)) return [proof]
    return isFirstFactor(proof) ? [{ factor: 'password', at: proof.at }] : []
  }

/** A second factor, and not one that was proven some other day. */
const isProvenNow = (proof: Proof) => proof.factor !== 'password' && proof.factor !== 'trusted-browser'

/** As if it were proven now; of a passkey beside a password nothing more is asked than that it is there. */
const isEnoughWith = (factor: SecondFactor, proofs: readonly Proof[], demand: Demand): boolean => {
  const at = new Date(0)
  const proof: Proof = factor === 'passkey' ? { factor, at, verified: true, synced: true } : { factor, at }
  return meets([...proofs, proof], demand)
}

const withBackupCode = (factors: readonly SecondFactor[], usable: readonly SecondFactor[]): SecondFactor[] =>
  usable.filter((factor) => factors.includes(factor) || factor === 'backup-code')

function enrolment(proofs: readonly Proof[], demand: Demand): Decision {
  const factors = demand.counting.filter((factor) => factor !== 'backup-code' && isEnoughWith(factor, proofs, demand))
  if (factors.length === 0) return { kind: 'stuck' }
  // A code by mail is not switched on before one has arrived, either.
  return { kind: 'enrol', factors, mailboxFirst: !proofs.some(isProvenNow) || factors.includes('email-code') }
}
