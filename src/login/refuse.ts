import { NOBODY } from '../audit/sealer.ts'
import { type Attempt, keyOf } from './attempts/attempt.ts'
import { dropAttempt } from './attempts/store.ts'
import type { Claim, EndDeps } from './claim.ts'
import type { Refusal } from './machine/state.ts'
import type { Pause } from './ports.ts'

export interface Refused {
  readonly kind: 'refused'
  /** This failure began it; the same for whoever does not exist. */
  readonly pause: Pause | undefined
}

/** Remembered, whether the identity exists or not; what the attempt had proven before is gone. */
export async function refuse(
  { db, events, guard }: EndDeps,
  { pending, named, admitted, where: { origin } }: Claim,
  before: Attempt | undefined,
  reason: Refusal,
): Promise<Refused> {
  if (before && !before.session) await dropAttempt(db, keyOf(pending).uidHash, before.version)
  const by = { actor: { kind: 'anonymous' }, ...origin } as const
  const pause = await guard.lockout.failed(by, admitted.ticket, named?.id)
  await events.recordRefusal(db, by, {
    action: 'sign_in.failed',
    target: named?.id ?? NOBODY,
    after: { public: { client: pending.client.id, reason } },
  })
  return { kind: 'refused', pause }
}
