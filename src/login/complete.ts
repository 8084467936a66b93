import { attempt as allOrNothing } from '../db/attempt.ts'
import type { Tx } from '../db/types.ts'
import type { Browser } from '../guard/browsers/browser.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { type SessionId, sessionId } from '../sessions/session.ts'
import { type Attempt, keyOf, versionAfter } from './attempts/attempt.ts'
import { putAttempt } from './attempts/store.ts'
import type { Done, EndDeps } from './claim.ts'
import { ACR, amrOf } from './machine/factors.ts'
import type { Completed } from './machine/state.ts'
import type { By, PendingInteraction, Where } from './ports.ts'

interface Ending {
  readonly pending: PendingInteraction
  readonly where: Where
  readonly before: Attempt | undefined
  readonly completed: Completed
  /** What belongs to this ending, in its transaction and before anything else. False: it must not end so. */
  readonly first?: (tx: Tx, by: By) => Promise<boolean>
  /** The same, where it does not matter to what follows: sent before it, and nobody waits for the answer. */
  readonly beside?: (tx: Tx) => Promise<boolean>
}

interface Ended {
  readonly session: SessionId
  readonly browser: Browser
}

/**
 * Session, attempt and events stand or fall together. The attempt is compared and set: of a form that was sent twice at
 * the same moment one starts a session, and the other (`lost`) leaves none behind. `stale`: what
 * it was judged by has changed meanwhile.
 */
export async function complete(
  { db, sessions, events, guard, tellOfNewDevice }: EndDeps,
  { pending, where, before, completed: { user, proofs }, first, beside }: Ending,
): Promise<Done | 'lost' | 'stale'> {
  const { ip, requestId, userAgent, browser } = where
  const by = { actor: { kind: 'person', id: user }, ip, requestId } as const
  const done = await allOrNothing(db, async (tx): Promise<Result<Ended, 'lost' | 'stale'>> => {
    if (first && !(await first(tx, by))) return fail('stale')
    const { at, amr, acr } = standing(proofs)
    const session = sessionId.generate()
    const next = { version: versionAfter(before), user, proofs, mustChangePassword: false, session }
    // Nobody waits between these: what comes of the answers is judged before the commit.
    const [isAsItWas, isFirst, meeting] = await Promise.all([
      beside?.(tx) ?? true,
      putAttempt(tx, keyOf(pending), next),
      guard.browsers.remember(tx, user, browser),
      sessions.start(tx, by, { id: session, user, amr, acr, userAgent, ip, at }),
      events.recordEvent(tx, by, {
        action: 'sign_in.completed',
        target: user,
        after: { public: { client: pending.client.id, session, amr, acr } },
      }),
    ])
    if (!isAsItWas) return fail('stale')
    if (!isFirst) return fail('lost')
    if (meeting.kind === 'new') await tellOfNewDevice(tx, by, user, userAgent)
    return ok({ session, browser: meeting.browser })
  })
  if (!done.ok) return done.error
  return { ...asDone({ user, proofs }, done.value.session), browser: done.value.browser }
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
