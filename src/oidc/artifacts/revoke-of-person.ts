import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import type { Tx } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import type { TellClients } from '../back-channel/tell.ts'
import { recordRevoked } from './ended-grants.ts'
import { deleteGrantsOf } from './ending-store.ts'
import type { PersonReason } from './revoke.ts'

/** For whoever ends what a person is signed in to. In the transaction of whatever is the reason. */
export interface PersonGrants {
  /**
   * All there are, with every code and refresh token that came of them, on whichever device. Each application is told, but for
   * those of the session that goes on (`kept`): whoever is signed in there comes back by it.
   */
  revokeAllOf(tx: Tx, by: ActorContext, user: Id<'usr'>, reason: PersonReason, kept?: Id<'ses'>): Promise<number>
  /** All that were not given in this session: those too that have outlived one that fell asleep. */
  revokeAllBut(tx: Tx, by: ActorContext, user: Id<'usr'>, session: Id<'ses'>): Promise<void>
}

interface PersonGrantsDeps {
  readonly events: Pick<EventWriter, 'recordEvent'>
  readonly tell: TellClients
}

export const personGrants = ({ events, tell }: PersonGrantsDeps): PersonGrants => ({
  revokeAllOf: async (tx, by, user, reason, kept) => {
    const ended = await deleteGrantsOf(tx, user)
    if (ended.length === 0) return 0
    await events.recordEvent(tx, by, {
      action: 'grants.revoked',
      target: user,
      before: { public: { clients: [...new Set(ended.map(({ client }) => client))].sort() } },
      after: { public: { reason } },
    })
    for (const { client, session, earlier } of ended) {
      if (session !== null && session === kept) continue
      for (const one of [session, ...earlier]) await tell(tx, [client], { user, session: one })
    }
    return ended.length
  },
  revokeAllBut: async (tx, by, user, except) => {
    const ended = await deleteGrantsOf(tx, user, except)
    await recordRevoked(tx, events, by, { ended, reason: 'signed-out' })
    for (const { client, session, earlier } of ended)
      for (const one of [session, ...earlier]) await tell(tx, [client], { user, session: one })
  },
})
