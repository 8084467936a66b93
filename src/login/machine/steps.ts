import type { Factor } from './factors.ts'
import type { Proof } from './state.ts'
import type { Step } from './step.ts'

const firstFactors: ReadonlySet<Factor> = new Set(['password'])
const isFirstFactor = ({ factor }: Pick<Proof, 'factor'>) => firstFactors.has(factor)

const identify: Step<'identify'> = {
  name: 'identify',
  isDue: ({ identity }) => identity === undefined,
  take: () => undefined,
}

/** That a proof is of this very identity is judged by the machine, for every step. */
const firstFactor: Step<'first-factor'> = {
  name: 'first-factor',
  isDue: ({ proofs }) => !proofs.some(isFirstFactor),
  take: ({ identity, proofs }, input) => {
    if (input.kind === 'identified' || input.kind === 'password-changed') return undefined
    if (identity === undefined || identity === 'nobody') return { kind: 'refused', why: 'unknown' }
    if (input.kind === 'disproven' || !isFirstFactor(input.proof)) return { kind: 'refused', why: 'mismatch' }
    const { proof, mustChangePassword = false } = input
    return { kind: 'progress', progress: { identity, proofs: [...proofs, proof], mustChangePassword } }
  },
}

/** After every factor: whoever has the password alone must not be the one who chooses the next. */
const newPassword: Step<'new-password'> = {
  name: 'new-password',
  isDue: ({ mustChangePassword }) => mustChangePassword === true,
  take: ({ identity, proofs }, input) =>
    input.kind === 'password-changed' && identity !== undefined
      ? { kind: 'progress', progress: { identity, proofs, mustChangePassword: false } }
      : undefined,
}

/** In this order. A second factor, or a gate (enrol a factor, verify the address, choose a company), is one more line. */
export const steps = [identify, firstFactor, newPassword] as const
export type StepName = (typeof steps)[number]['name']
