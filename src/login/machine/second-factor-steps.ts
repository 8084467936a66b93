import { countsAs } from '../../factors/factor.ts'
import { nextOf } from './next.ts'
import type { Step } from './step.ts'

/** Whatever the rules leave to choose from; what was wrong leaves the attempt where it is, for as many times as a challenge has. */
export const secondFactor: Step<'second-factor'> = {
  name: 'second-factor',
  isDue: (progress, facts) => nextOf(progress, facts).kind === 'prove',
  take: (progress, input, facts) => {
    const next = nextOf(progress, facts)
    if (input.kind !== 'proven' || next.kind !== 'prove') return undefined
    const as = countsAs(input.proof)
    if (as === undefined || !next.factors.includes(as)) return undefined
    return { kind: 'progress', progress: { ...progress, proofs: [...progress.proofs, input.proof] } }
  },
}

/** Nothing of what this person could do here would be enough. */
export const stuck: Step<'stuck'> = {
  name: 'stuck',
  isDue: (progress, facts) => nextOf(progress, facts).kind === 'stuck',
  take: () => undefined,
}
