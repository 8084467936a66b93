import { inOrganisation, inTransaction } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { ActorContext } from './actor.ts'
import { type EventId, type EventInput, eventId } from './event.ts'
import { ipOwner, personalFields } from './personal.ts'
import type { SealedPlace, SealForPerson } from './sealer.ts'
import { checkedFields, type Snapshot } from './snapshot.ts'
import { insertEvent } from './store.ts'
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
  const recordEvent = async (tx: Tx, context: ActorContext, event: EventInput): Promise<EventId> => {
    const id = eventId.generate()
    await insertEvent(tx, {
      id,
      occurredAt: clock.now(),
      context,
      action: event.action,
      target: { kind: targetKindOf(event.action), id: event.target },
      before: publicFields(event.before),
      after: publicFields(event.after),
      personal: await sealPersonal(sealForPerson, tx, id, event),
      ip: await sealIp(sealForPerson, tx, id, context, event),
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

const placeOf = (id: EventId, column: SealedPlace['column']): SealedPlace => ({
  table: 'events',
  column,
  row: eventId.toUuid(id),
})

async function sealPersonal(seal: SealForPerson, tx: Tx, id: EventId, event: EventInput) {
  const personal = personalFields(event)
  if (!personal) return undefined
  return {
    of: personal.of,
    sealed: await seal(tx, personal.of, placeOf(id, 'personal'), JSON.stringify(personal.fields)),
  }
}

async function sealIp(seal: SealForPerson, tx: Tx, id: EventId, context: ActorContext, event: EventInput) {
  if (context.ip === undefined) return undefined
  const of = ipOwner(context, event)
  return { of, sealed: await seal(tx, of, placeOf(id, 'ip'), context.ip) }
}
