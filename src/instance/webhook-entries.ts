import type { EntryOpener } from '../audit/entry/opened.ts'
import { entryColumns, entryOf } from '../audit/entry/row.ts'
import type { ChainedEntry } from '../audit/entry/stored-entry.ts'
import { eventId } from '../audit/event.ts'
import type { Tx } from '../db/types.ts'
import type { Entry, ReadEntry } from '../webhooks/deliveries/ports.ts'

/** The log, as the room of webhooks asks for it. Of who is not to be told of persons nobody's seal is opened. */
export const readEntries =
  (opener: EntryOpener): ReadEntry =>
  async (tx, event, personal) => {
    const row = await tx
      .selectFrom('audit_chain')
      .innerJoin('events', 'events.id', 'audit_chain.event_id')
      .select(entryColumns)
      .select(['seq', 'entry_hash', 'hash', 'actor_name', 'actor_name_sealed'])
      .where('event_id', '=', eventId.toUuid(event))
      .executeTakeFirst()
    if (!row) return undefined
    const { actor_name: name, actor_name_sealed: sealed } = row
    const entry: ChainedEntry = {
      ...entryOf(row),
      seq: Number(row.seq),
      actorName: sealed ? { sealed } : name,
      entryHash: row.entry_hash,
      hash: row.hash,
    }
    return personal ? openedEntry(tx, opener, entry) : bareEntry(entry)
  }

const bareEntry = ({ actorName, actor, ...entry }: ChainedEntry): Entry => ({
  ...facts(entry),
  actor: { ...actor, name: typeof actorName === 'string' ? actorName : null },
  personal: null,
})

async function openedEntry(tx: Tx, opener: EntryOpener, entry: ChainedEntry): Promise<Entry | undefined> {
  const [opened] = await opener.open(tx, [entry])
  if (!opened) return undefined
  const { ip, userAgent, erased } = opened
  return { ...facts(opened), actor: opened.actor, personal: { ip, userAgent, erased } }
}

const facts = (entry: Omit<Entry, 'actor' | 'personal'>) => {
  const { id, seq, at, organisation, action, target, before, after, session, requestId } = entry
  return { id, seq, at, organisation, action, target, before, after, session, requestId }
}
