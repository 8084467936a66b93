import { defineId } from '../../../lib/ids.ts'
import { entryHash, type Leaf, leafOf, unreadableHash } from '../../chain/leaf.ts'
import { type EntryRow, entryOf } from '../../entry/row.ts'
import type { ActorName } from '../../entry/stored-entry.ts'
import { eventId } from '../../event.ts'
import type { EntryLine, LinkLine } from '../line.ts'
import { type SourceLine, Unreadable } from '../source-line.ts'
import type { ChainRow } from './store.ts'

const organisationId = defineId('org')

type Hashes = Pick<EntryLine, 'seq' | 'entryHash' | 'hash'>

/** What a file would have of it. */
export function lineOfRow(row: ChainRow): SourceLine {
  const seq = Number(row.seq)
  const hashes: Hashes = { seq, entryHash: row.entry_hash.toString('hex'), hash: row.hash.toString('hex') }
  const link = linkOf(row, hashes)
  // What could not be read when it was put into the chain, may be looked at no more than then.
  if (!hasEvent(row) || row.entry_hash.equals(unreadableHash(link.id))) return { value: link }
  const leaf = readableLeaf(row)
  if (!leaf) {
    const detail = 'it cannot be read: somebody has written it who is not Hearthkey'
    return { value: link, fault: { wrong: 'changed', seq, id: idOf(row.id), detail } }
  }
  // An event that is right beside a link that says another time or organisation: the link is what has to be looked at.
  const agrees = leaf.time === link.time && leaf.org === link.org
  if (!agrees && entryHash(leaf).toString('hex') === hashes.entryHash) return { value: link }
  return { value: { type: 'entry', ...hashes, entry: leaf } }
}

/** Of whatever version: only our own is v7. */
const idOf = (uuid: string): string => `${eventId.prefix}_${uuid.replaceAll('-', '')}`

const hasEvent = (row: ChainRow): row is ChainRow & EntryRow => row.id !== null

function linkOf(row: ChainRow, hashes: Hashes): LinkLine {
  try {
    return {
      type: 'link',
      ...hashes,
      id: idOf(row.event_id),
      time: row.link_at.toISOString(),
      org: row.link_org === null ? null : organisationId.fromUuid(row.link_org),
    }
  } catch (cause) {
    const detail = 'its link cannot be read: somebody has written it who is not Hearthkey'
    throw new Unreadable({ wrong: 'link-broken', seq: hashes.seq, detail }, { cause })
  }
}

function readableLeaf(row: ChainRow & EntryRow): Leaf | undefined {
  try {
    return leafOf(entryOf(row), actorNameOf(row))
  } catch {
    return undefined
  }
}

const actorNameOf = ({ actor_name, actor_name_sealed }: ChainRow): ActorName =>
  actor_name_sealed ? { sealed: actor_name_sealed } : actor_name
