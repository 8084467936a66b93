import { isEnough } from './next.ts'
import { type LoginState, nothingYet, type Progress } from './state.ts'
import type { LoginFacts, LoginInput, Step } from './step.ts'

export interface LoginMachine<N extends string> {
  /** Where an attempt with this progress stands, by the facts of now. */
  resume(progress: Progress, facts: LoginFacts): LoginState<N>
  transition(state: LoginState<N>, input: LoginInput, facts: LoginFacts): LoginState<N>
}

/**
 * The whole flow: an attempt waits at the first step of the table that is due. Which one that is follows from what was
 * proven and from the facts, never from where the browser believes to be; so a step left out, repeated, reordered or
 * restarted leads to the step that is due, and never past it.
 */
export function loginMachine<N extends string>(steps: readonly Step<N>[]): LoginMachine<N> {
  const resume = (progress: Progress, facts: LoginFacts): LoginState<N> => {
    const verdict = judge(progress, facts)
    if (progress.proofs.length > 0 && verdict.kind === 'refused') return verdict
    const due = steps.find((step) => step.isDue(progress, facts))
    if (due) return { kind: 'waiting', step: due.name, progress }
    return verdict.kind === 'done' && !isEnough(progress, facts) ? { kind: 'refused', why: 'mismatch' } : verdict
  }
  return {
    resume,
    transition: (state, input, facts) => {
      if (state.kind === 'done') return state
      // Whoever names an identity starts with nothing proven, wherever they stood.
      if (input.kind === 'identified') return resume({ identity: input.user ?? 'nobody', proofs: [] }, facts)
      const progress = state.kind === 'waiting' ? state.progress : nothingYet
      const here = resume(progress, facts)
      if (here.kind !== 'waiting') return here
      const taken = steps.find(({ name }) => name === here.step)?.take(progress, input, facts)
      if (!taken) return here
      return taken.kind === 'progress' ? resume(taken.progress, facts) : taken
    },
  }
}

type Verdict = Exclude<LoginState<never>, { kind: 'waiting' }>

/**
 * Whoever proved something may go on only while they may sign in at all; and nobody arrives but by a factor of their
 * own, whatever the table says.
 */
function judge({ identity, proofs, passed = {} }: Progress, { account }: LoginFacts): Verdict {
  if (!account || identity !== account.id) return { kind: 'refused', why: 'unknown' }
  if (account.status !== 'active') return { kind: 'refused', why: account.status }
  const [first, ...more] = proofs
  if (!first || proofs.some(({ user }) => user !== account.id)) return { kind: 'refused', why: 'mismatch' }
  return { kind: 'done', completed: { user: account.id, proofs: [first, ...more], passed } }
}
