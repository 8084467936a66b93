import { inOrganisation, inTransaction } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { idsInOrder } from '../lib/ids-in-order.ts'
import type { ActorContext } from './actor.ts'
import { changedOf } from './changed.ts'
import { type EventId, type EventInput, eventId } from './event.ts'
import { ipOwner, personalFields } from './personal.ts'
import type { SealedPlace, SealForPerson } from './sealer.ts'
import { checkedFields, type Snapshot } from './snapshot.ts'
import { type EventRow, insertEvent } from './store.ts'
import { shortUserAgent } from './user-agent.ts'
import { targetKindOf } from './vocabulary.ts'

export interface EventWriter {
  /** Inside the change's own transaction: without the event there is no change, and the other way round. */
  recordEvent(tx: Tx, context: ActorContext, event: EventInput): Promise<EventId>
  /**
   * For what was refused and must be remembered all the same (a failed sign-in, a replay): in a transaction of its own,
   * which the caller's rollback does not reach. It takes a second connection: call it when the refused transaction has
   * ended wherever that is possible, or a burst of refusals waits for connections that it holds itself.
   */
  recordRefusal(db: Db, context: ActorContext, event: EventInput): Promise<EventId>
}

interface EventWriterOptions {
  readonly clock: Clock
  readonly sealForPerson: SealForPerson
}

export function createEventWriter({ clock, sealForPerson }: EventWriterOptions): EventWriter {
  const next = idsInOrder(eventId, clock)
  const recordEvent = async (tx: Tx, context: ActorContext, event: EventInput): Promise<EventId> => {
    const { id, at } = next()
    const { before, after } = changedOf({ before: publicFields(event.before), after: publicFields(event.after) })
    await insertEvent(tx, {
      id,
      occurredAt: at,
      context,
      action: event.action,
      target: { kind: targetKindOf(event.action), id: event.target },
      before,
      after,
      ...(await sealed(sealForPerson, tx, id, context, event)),
    })
    return id
  }
  return {
    recordEvent,
    recordRefusal: (db, context, event) =>
      context.organisation
        ? inOrganisation(db, context.organisation, (tx) => recordEvent(tx, context, event))
        : inTransaction(db, (tx) => recordEvent(tx, context, event)),
  }
}

const publicFields = (snapshot: Snapshot | undefined) => snapshot?.public && checkedFields(snapshot.public)

/** The key of each person is asked for once: usually both parts are about one. */
async function sealed(
  sealForPerson: SealForPerson,
  tx: Tx,
  id: EventId,
  context: ActorContext,
  event: EventInput,
): Promise<Pick<EventRow, 'personal' | 'origin'>> {
  const personal = personalFields(event)
  const from = context.ip === undefined ? undefined : { of: ipOwner(context, event), ip: context.ip }
  const forPersonal = personal && (await sealForPerson(tx, personal.of))
  const forOrigin = from && (from.of === personal?.of ? forPersonal : await sealForPerson(tx, from.of))
  const row = eventId.toUuid(id)
  const placeOf = (column: SealedPlace['column']): SealedPlace => ({ table: 'events', column, row })
  const userAgent = shortUserAgent(context.userAgent)
  return {
    personal: personal &&
      forPersonal && { of: personal.of, sealed: forPersonal(placeOf('personal'), JSON.stringify(personal.fields)) },
    origin: from &&
      forOrigin && {
        of: from.of,
        ip: forOrigin(placeOf('ip'), from.ip),
        userAgent: userAgent === undefined ? undefined : forOrigin(placeOf('user_agent'), userAgent),
      },
  }
}
