import type { ActorContext } from '../audit/actor.ts'
import type { Tx } from '../db/types.ts'
import type { KnownBrowsers } from '../guard/browsers/service.ts'
import { deleteAttemptsOf } from '../login/attempts/store.ts'
import type { PersonGrants } from '../oidc/artifacts/revoke-of-person.ts'
import type { Revocations } from '../revocations/service.ts'
import type { Sessions } from '../sessions/service.ts'
import type { SessionId } from '../sessions/session.ts'
import type { TrustedBrowsers } from '../trusted-browsers/service.ts'
import type { UserId } from '../users/user.ts'

interface EndDeps {
  readonly sessions: Sessions
  readonly grants: Pick<PersonGrants, 'revokeAllOf'>
  readonly revocations: Pick<Revocations, 'announce'>
  readonly browsers: () => Pick<KnownBrowsers, 'forgetAll'>
  readonly trustedBrowsers: Pick<TrustedBrowsers<ActorContext>, 'endAllOf'>
}

/** What goes on: that of whoever ends all the rest. */
export interface Kept {
  readonly session?: SessionId
  /** By the hash of its interaction. */
  readonly attempt?: Buffer
}

export type EndEverything = (
  tx: Tx,
  by: ActorContext,
  user: UserId,
  reason: 'user-disabled' | 'account-locked' | 'account-recovered' | 'password-changed' | 'revoked',
  kept?: Kept,
) => Promise<number>

/**
 * Whatever somebody may hold in a person's name, on whichever device, the person's own too: sessions, grants with their
 * codes and refresh tokens, every token that they hold, sign-ins that have proven something and are not complete, and the
 * trust in a browser: that its owner's own counter is kept there, and that it stands for a second factor.
 */
export const endingEverything =
  ({ sessions, grants, revocations, browsers, trustedBrowsers }: EndDeps): EndEverything =>
  async (tx, by, user, reason, { session, attempt } = {}) => {
    const ended = await sessions.endAllOf(tx, by, user, { reason, ...(session && { except: session }) })
    await grants.revokeAllOf(tx, by, user, reason, session)
    await revocations.announce(tx, { sub: user, reason })
    await deleteAttemptsOf(tx, user, attempt)
    await browsers().forgetAll(tx, user)
    await trustedBrowsers.endAllOf(tx, by, user, 'everything-ended')
    return ended
  }
