import { attempt as allOrNothing } from '../db/attempt.ts'
import { fail, ok } from '../lib/result.ts'
import type { SessionId } from '../sessions/session.ts'
import { type Attempt, keyOf, versionAfter } from './attempts/attempt.ts'
import { putAttempt } from './attempts/store.ts'
import type { Claim, Done, EndDeps } from './claim.ts'
import { ACR, amrOf } from './machine/factors.ts'
import type { Completed } from './machine/state.ts'

/**
 * Session, attempt and events stand or fall together. The attempt is compared and set: of a form that was sent twice at
 * the same moment one starts a session, and the other (undefined) leaves none behind.
 */
export async function complete(
  { db, sessions, events }: EndDeps,
  { pending, where: { ip, requestId, userAgent } }: Claim,
  before: Attempt | undefined,
  { user, proofs }: Completed,
): Promise<Done | undefined> {
  const by = { actor: { kind: 'person', id: user }, ip, requestId } as const
  const done = await allOrNothing(db, async (tx) => {
    const { at, amr, acr } = standing(proofs)
    const session = await sessions.start(tx, by, { user, amr, acr, userAgent, ip, at })
    const isFirst = await putAttempt(tx, keyOf(pending), { version: versionAfter(before), user, proofs, session })
    if (!isFirst) return fail('another tab was first')
    await events.recordEvent(tx, by, {
      action: 'sign_in.completed',
      target: user,
      after: { public: { client: pending.client.id, session, amr, acr } },
    })
    return ok(session)
  })
  return done.ok ? asDone({ user, proofs }, done.value) : undefined
}

export const asDone = ({ user, proofs }: Pick<Attempt, 'user' | 'proofs'>, session: SessionId): Done => ({
  kind: 'done',
  signedIn: { user, session, ...standing(proofs) },
})

/** `at` is when the last factor was proven: what `max_age` is measured from. */
const standing = (proofs: Attempt['proofs']) => ({
  amr: amrOf(proofs),
  acr: ACR,
  at: new Date(Math.max(...proofs.map(({ at }) => at.getTime()))),
})
