import { putOffUntil } from '../factors/put-off.ts'
import type { Clock } from '../lib/clock.ts'
import type { UserId } from '../users/user.ts'
import type { StepUpRules } from './ports.ts'

interface PutOffDeps {
  readonly stepUp: Pick<StepUpRules, 'heldBy' | 'rulesOf'>
  readonly clock: Clock
}

/** Until when they have put off to enrol. Whoever never did costs one look. */
export type PutOff = (user: UserId) => Promise<Date | undefined>

export const puttingOff =
  ({ stepUp: { heldBy, rulesOf }, clock }: PutOffDeps): PutOff =>
  async (user) => {
    const held = await heldBy(user)
    return held.graceBeganAt && putOffUntil(held, await rulesOf(user), clock.now())
  }
