import { defineId, type Id } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import { entryOf, isTime } from '../entry/row.ts'
import type { ActorName, StoredEntry } from '../entry/stored-entry.ts'
import type { EventId } from '../event.ts'
import type { Head } from './head.ts'
import { hashOfEntry, unreadableHash } from './leaf.ts'
import { linkHash } from './link.ts'
import type { NewLink, UnchainedRow } from './store.ts'

const organisationId = defineId('org')
const NO_TIME = new Date(0)

interface Read {
  readonly row: UnchainedRow
  /** Undefined where somebody wrote a row past the rules of the table. */
  readonly entry: StoredEntry | undefined
}

export const readRow = (row: UnchainedRow, log: Log): Read => ({ row, entry: readable(row, log, () => entryOf(row)) })

/** The chain goes on behind a row that nobody can read: whoever wrote it must not be able to stop the log with it. */
function readable<T>(row: UnchainedRow, log: Log, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    const said = 'a row among the events is none that this program writes; see hearthkey audit verify'
    log.error({ err: error, event: row.id }, said)
    return undefined
  }
}

/** Those behind `head`, in their order. */
export function linksBehind(
  head: Head,
  read: readonly Read[],
  names: ReadonlyMap<EventId, ActorName>,
  log: Log,
): NewLink[] {
  let { seq, hash } = head
  return read.map(({ row, entry }) => {
    seq += 1
    // What has no canonical form cannot be hashed.
    const known = entry && readable(row, log, () => linkOf(entry, names.get(entry.id) ?? null))
    const link = known ?? linkOfUnreadable(row)
    hash = linkHash(hash, { ...link, seq })
    const { at, entryHash, name } = link
    const [plain, sealed] = name === null || typeof name === 'string' ? [name, null] : [null, name.sealed]
    const organisation = link.organisation === null ? null : organisationId.toUuid(link.organisation)
    return { seq, event: row.id, at, organisation, entryHash, hash, name: plain, sealedName: sealed }
  })
}

const linkOf = (entry: StoredEntry, name: ActorName) => ({
  id: entry.id,
  at: entry.at,
  organisation: entry.organisation,
  entryHash: hashOfEntry(entry, name),
  name,
})

/** What cannot be told of it is left out of its link: the beginning of time, and nobody's. docs/guides/audit-log.md has it. */
const linkOfUnreadable = ({ id, occurred_at, org_id }: UnchainedRow) => {
  const event = `evt_${id.replaceAll('-', '')}`
  const at = isTime(occurred_at) ? occurred_at : NO_TIME
  return { id: event, at, organisation: organisationOf(org_id), entryHash: unreadableHash(event), name: null }
}

function organisationOf(uuid: string | null): Id<'org'> | null {
  const id = `org_${uuid?.replaceAll('-', '')}`
  return organisationId.is(id) ? id : null
}
