import { type RawBuilder, sql } from 'kysely'
import type { InstanceTx, OrgTx } from '../../db/transaction.ts'
import type { Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { type EntryRow, entryColumns, entryOf, UnreadableEntry } from '../entry/row.ts'
import type { ActorName, ChainedEntry } from '../entry/stored-entry.ts'
import { type EventId, eventId } from '../event.ts'
import type { Chained, ChainedLink } from './chained.ts'

const organisationId = defineId('org')

interface Range {
  /** 0: from the first. */
  readonly after: number
  readonly upTo?: number
  readonly limit: number
  readonly organisation?: Id<'org'>
}

/** The chain in its order, with the events that are still there. In an organisation's scope, what is its own. */
export async function readChain(
  tx: InstanceTx | OrgTx,
  { after, upTo, limit, organisation }: Range,
): Promise<Chained[]> {
  return chainWhere(
    tx,
    sql`seq > ${after} ${upTo === undefined ? sql`` : sql`AND seq <= ${upTo}`}
        ${organisation ? sql`AND org_id = ${organisationId.toUuid(organisation)}` : sql``}`,
    limit,
  )
}

/** Undefined for one that is not in the chain (yet), or that retention took away. */
export async function findChained(tx: Tx, event: EventId): Promise<ChainedEntry | undefined> {
  const [found] = await chainWhere(tx, sql`event_id = ${eventId.toUuid(event)}`, 1)
  if (found?.kind === 'unreadable') throw new UnreadableEntry(eventId.toUuid(event), undefined)
  return found?.kind === 'entry' ? found.entry : undefined
}

async function chainWhere(tx: Tx, condition: RawBuilder<unknown>, limit: number): Promise<Chained[]> {
  const { rows } = await sql<Row>`
    SELECT link.*, entry.* FROM (
      SELECT seq, event_id, at, org_id AS link_org, entry_hash, hash, actor_name, actor_name_sealed FROM audit_chain
      WHERE ${condition}
      ORDER BY seq LIMIT ${limit}
    ) link LEFT JOIN LATERAL (SELECT ${columns} FROM events WHERE events.id = link.event_id LIMIT 1) entry ON true
    ORDER BY link.seq`.execute(tx)
  return rows.map(chainedOf)
}

const columns = sql.join(entryColumns.map((column) => sql.ref(column)))

type Row = { readonly [Column in keyof EntryRow]: EntryRow[Column] | null } & {
  readonly seq: string
  readonly event_id: string
  readonly at: Date
  readonly link_org: string | null
  readonly entry_hash: Buffer
  readonly hash: Buffer
  readonly actor_name: string | null
  readonly actor_name_sealed: Buffer | null
}

const isThere = (row: Row): row is Row & EntryRow => row.id !== null

function chainedOf(row: Row): Chained {
  if (!isThere(row)) return { kind: 'gone', link: linkOf(row) }
  const entry = readable(row)
  if (!entry) return { kind: 'unreadable', link: linkOf(row) }
  const { actor_name, actor_name_sealed } = row
  const actorName: ActorName = actor_name_sealed ? { sealed: actor_name_sealed } : actor_name
  return {
    kind: 'entry',
    entry: { ...entry, seq: Number(row.seq), actorName, entryHash: row.entry_hash, hash: row.hash },
  }
}

function readable(row: EntryRow): Omit<ChainedEntry, 'seq' | 'actorName' | 'entryHash' | 'hash'> | undefined {
  try {
    return entryOf(row)
  } catch (error) {
    if (error instanceof UnreadableEntry) return undefined
    throw error
  }
}

const linkOf = ({ seq, event_id, at, link_org, entry_hash, hash }: Row): ChainedLink => ({
  seq: Number(seq),
  id: `${eventId.prefix}_${event_id.replaceAll('-', '')}`,
  at,
  organisation: link_org === null ? null : organisationId.fromUuid(link_org),
  entryHash: entry_hash,
  hash,
})
