import type { InstanceTx } from '../../db/transaction.ts'
import type { ActorName, StoredEntry } from '../entry/stored-entry.ts'
import type { EventId } from '../event.ts'

/** What each actor is called at this moment; who has no name, or has none any more, is left out. */
export type ActorNames = (
  tx: InstanceTx,
  entries: readonly Pick<StoredEntry, 'id' | 'actor'>[],
) => Promise<ReadonlyMap<EventId, ActorName>>
