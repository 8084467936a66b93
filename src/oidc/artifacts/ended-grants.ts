import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import type { Tx } from '../../db/types.ts'
import type { EndedGrant } from './ending-store.ts'

/**
 * `session-over`: nobody ended the session that it was given in, it came to its end. `client-ended`, `organisation-ended`:
 * with all others of the client, or for that organisation.
 */
type EndedReason = 'signed-out' | 'session-over' | 'client-ended' | 'organisation-ended'

interface Ended {
  readonly ended: readonly EndedGrant[]
  readonly reason: EndedReason
}

export async function recordRevoked(
  tx: Tx,
  { recordEvent }: Pick<EventWriter, 'recordEvent'>,
  by: ActorContext,
  { ended, reason }: Ended,
): Promise<void> {
  for (const { grantId, client, user } of ended)
    await recordEvent(tx, by, {
      action: 'grant.revoked',
      target: grantId,
      before: { public: { client, user: user ?? null } },
      after: { public: { reason } },
    })
}
