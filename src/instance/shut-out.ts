import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Tx } from '../db/types.ts'
import { revokeGrantsOf } from '../oidc/artifacts/revoke.ts'
import type { Sessions } from '../sessions/service.ts'
import type { UserId } from '../users/user.ts'

interface ShutOutDeps {
  readonly sessions: Pick<Sessions, 'endAllOf'>
  readonly events: Pick<EventWriter, 'recordEvent'>
}

/** With somebody who may not sign in any more ends what they are signed in to, and what applications hold of them. */
export const shuttingOut =
  ({ sessions, events }: ShutOutDeps) =>
  async (tx: Tx, by: ActorContext, user: UserId): Promise<void> => {
    await sessions.endAllOf(tx, by, user, { reason: 'user-disabled' })
    await revokeGrantsOf(tx, events, by, { user, reason: 'user-disabled' })
  }
