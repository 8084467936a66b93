import type { Clock } from '../lib/clock.ts'
import type { LoginMachine } from './machine/machine.ts'
import type { LoginState } from './machine/state.ts'
import type { LoginFacts } from './machine/step.ts'
import type { StepName } from './machine/steps.ts'
import type { Factors, PendingInteraction, Where } from './ports.ts'

interface TrustDeps {
  readonly machine: LoginMachine<StepName>
  readonly factors: Pick<Factors, 'trustedBrowsers'>
  readonly clock: Clock
}

interface Here {
  readonly pending: PendingInteraction
  readonly where: Where
  readonly facts: LoginFacts
}

/**
 * Where a second factor is due and this browser is trusted, the trust stands for the factor that it was earned with. Never
 * where all of it is asked for anew: that is what steps up, and a browser that somebody left open must not.
 */
export const trusting =
  ({ machine, factors: { trustedBrowsers }, clock }: TrustDeps) =>
  async (state: LoginState<StepName>, { pending, where, facts }: Here): Promise<LoginState<StepName>> => {
    if (state.kind !== 'waiting' || state.step !== 'second-factor' || pending.fresh) return state
    const { identity: user } = state.progress
    if (user === undefined || user === 'nobody') return state
    const by = await trustedBrowsers.provenBy(user, where.trusted)
    if (by === undefined) return state
    const proof = { factor: 'trusted-browser', by, user, at: clock.now() } as const
    const trusted = machine.transition(state, { kind: 'proven', proof }, facts)
    // Not enough for what is asked for: it is left out, and the factor itself is asked for.
    return trusted.kind === 'waiting' && trusted.step === 'second-factor' ? state : trusted
  }
