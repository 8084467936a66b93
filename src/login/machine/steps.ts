import { isFirstFactor } from '../../factors/factor.ts'
import { backupCodes, enrol, mailbox, offerPasskey } from './enrolment-steps.ts'
import { secondFactor, stuck } from './second-factor-steps.ts'
import type { Step } from './step.ts'

const identify: Step<'identify'> = {
  name: 'identify',
  isDue: ({ identity }) => identity === undefined,
  take: () => undefined,
}

/** That a proof is of this very identity is judged by the machine, for every step. */
const firstFactor: Step<'first-factor'> = {
  name: 'first-factor',
  isDue: ({ proofs }) => !proofs.some(isFirstFactor),
  take: ({ identity, proofs, passed }, input) => {
    if (input.kind !== 'proven' && input.kind !== 'disproven') return undefined
    if (identity === undefined || identity === 'nobody') return { kind: 'refused', why: 'unknown' }
    if (input.kind === 'disproven' || !isFirstFactor(input.proof)) return { kind: 'refused', why: 'mismatch' }
    const { proof, mustChangePassword = false, isCapable = false } = input
    const offer = isCapable && ({ ...passed, offer: 'passkey' } as const)
    return {
      kind: 'progress',
      progress: { identity, proofs: [...proofs, proof], mustChangePassword, passed: offer || (passed ?? {}) },
    }
  },
}

/** After every factor: whoever has the password alone must not be the one who chooses the next. */
const newPassword: Step<'new-password'> = {
  name: 'new-password',
  isDue: ({ mustChangePassword }) => mustChangePassword === true,
  take: (progress, input) =>
    input.kind === 'password-changed' && progress.identity !== undefined
      ? { kind: 'progress', progress: { ...progress, mustChangePassword: false } }
      : undefined,
}

/** In this order. A gate more is one more line. */
export const steps = [
  identify,
  firstFactor,
  secondFactor,
  stuck,
  mailbox,
  enrol,
  backupCodes,
  newPassword,
  offerPasskey,
] as const
export type StepName = (typeof steps)[number]['name']
