import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import type { EndAccess } from '../../consents/ports.ts'
import { deleteGrantsFor } from './ending-store.ts'

/** All that an application holds of a person, in whichever session it was given. The event brings the announcement along. */
export const endingAccess =
  ({ recordEvent }: Pick<EventWriter, 'recordEvent'>): EndAccess<ActorContext> =>
  async (tx, by, { user, clientId }) => {
    const { length: ended } = await deleteGrantsFor(tx, user, clientId)
    if (ended > 0)
      await recordEvent(tx, by, {
        action: 'grants.revoked',
        target: user,
        before: { public: { clients: [clientId] } },
        after: { public: { reason: 'access-removed' } },
      })
    return ended
  }
