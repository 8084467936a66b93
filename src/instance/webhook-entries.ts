import { findChained } from '../audit/chain/read.ts'
import type { EntryOpener } from '../audit/entry/opened.ts'
import type { ChainedEntry } from '../audit/entry/stored-entry.ts'
import type { Tx } from '../db/types.ts'
import type { Entry, ReadEntry } from '../webhooks/deliveries/ports.ts'

/** The log, as the room of webhooks asks for it. Of who is not to be told of persons nobody's seal is opened. */
export const readEntries =
  (opener: EntryOpener): ReadEntry =>
  async (tx, event, personal) => {
    const entry = await findChained(tx, event)
    if (!entry) return undefined
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
