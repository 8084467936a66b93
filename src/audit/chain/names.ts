import { sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import type { Log } from '../../lib/log.ts'
import type { ActorName, StoredEntry } from '../entry/stored-entry.ts'
import type { EventId } from '../event.ts'
import type { ActorNames } from './ports.ts'

type Names = ReadonlyMap<EventId, ActorName>

/**
 * A name that cannot be found leaves one entry without it. It neither stops the chain nor takes the names from the others: then
 * they are looked for one by one.
 */
export const namesOf =
  (names: ActorNames, log: Log) =>
  async (tx: InstanceTx, entries: readonly StoredEntry[]): Promise<Names> => {
    const all = await within(tx, () => names(tx, entries))
    if ('found' in all) return all.found
    const found = new Map<EventId, ActorName>()
    for (const entry of entries) {
      const one = await within(tx, () => names(tx, [entry]))
      if ('found' in one) for (const [id, name] of one.found) found.set(id, name)
      else log.error({ err: one.error, event: entry.id }, 'an event goes into the chain without the name of its actor')
    }
    return found
  }

/** A statement that fails takes its transaction along, but for what came before the savepoint. */
async function within<T>(tx: InstanceTx, work: () => Promise<T>): Promise<{ found: T } | { error: unknown }> {
  await sql`SAVEPOINT names`.execute(tx)
  try {
    const found = await work()
    await sql`RELEASE SAVEPOINT names`.execute(tx)
    return { found }
  } catch (error) {
    // Where the connection has gone, this fails too, and with it the turn: it is for the next one.
    await sql`ROLLBACK TO SAVEPOINT names`.execute(tx)
    return { error }
  }
}
