import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import type { Tx } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import { type PersonReason, revokeGrant } from './revoke.ts'
import { deleteGrantsOf, grantsOfSession } from './store.ts'

/** For whoever ends what a person is signed in to. In the transaction of whatever is the reason. */
export interface PersonGrants {
  /** All there are, with every code and refresh token that came of them, on whichever device. */
  revokeAllOf(tx: Tx, by: ActorContext, user: Id<'usr'>, reason: PersonReason): Promise<number>
  /** Those that were given in one session: a device that is signed out from afar keeps nothing for offline use either. */
  revokeOfSession(
    tx: Tx,
    by: ActorContext,
    of: { readonly user: Id<'usr'>; readonly session: Id<'ses'> },
  ): Promise<void>
}

export const personGrants = (events: EventWriter): PersonGrants => ({
  revokeAllOf: async (tx, by, user, reason) => {
    const clients = await deleteGrantsOf(tx, user)
    if (clients.length === 0) return 0
    await events.recordEvent(tx, by, {
      action: 'grants.revoked',
      target: user,
      before: { public: { clients: [...new Set(clients)].sort() } },
      after: { public: { reason } },
    })
    return clients.length
  },
  revokeOfSession: async (tx, by, of) => {
    for (const grantId of await grantsOfSession(tx, of))
      await revokeGrant(tx, events, by, { grantId, reason: 'signed-out' })
  },
})
