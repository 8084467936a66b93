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
  /** What the entries may weigh together, but for the first. */
  readonly bytes?: number
}

/** Whoever writes an event chooses how large it is, and how many there are: a batch of the largest would be hundreds of megabytes. */
const BYTES = 8 * 1024 * 1024

/**
 * The chain in its order, with the events that are still there; fewer than `limit` where they are large, so the end is where
 * there are none. In an organisation's scope, what is its own.
 */
export async function readChain(
  tx: InstanceTx | OrgTx,
  { after, upTo, limit, organisation, bytes = BYTES }: Range,
): Promise<Chained[]> {
  return chainWhere(
    tx,
    sql`seq > ${after} ${upTo === undefined ? sql`` : sql`AND seq <= ${upTo}`}
        ${organisation ? sql`AND org_id = ${organisationId.toUuid(organisation)}` : sql``}`,
    { limit, bytes },
  )
}

/** Undefined for one that is not in the chain (yet), or that retention took away. */
export async function findChained(tx: Tx, event: EventId): Promise<ChainedEntry | undefined> {
  const [found] = await chainWhere(tx, sql`event_id = ${eventId.toUuid(event)}`, { limit: 1, bytes: BYTES })
  if (found?.kind === 'unreadable') throw new UnreadableEntry(eventId.toUuid(event), undefined)
  return found?.kind === 'entry' ? found.entry : undefined
}

async function chainWhere(
  tx: Tx,
  condition: RawBuilder<unknown>,
  { limit, bytes }: { readonly limit: number; readonly bytes: number },
): Promise<Chained[]> {
  const { rows } = await sql<Row>`
    SELECT * FROM (
      SELECT link.*, entry.*, coalesce(sum(weight) OVER before_it, 0) AS before_it FROM (
        SELECT seq, event_id, at, org_id AS link_org, entry_hash, hash, actor_name, actor_name_sealed FROM audit_chain
        WHERE ${condition}
        ORDER BY seq LIMIT ${limit}
      ) link LEFT JOIN LATERAL (
        SELECT ${columns}, ${weight} AS weight FROM events WHERE events.id = link.event_id LIMIT 1
      ) entry ON true
      WINDOW before_it AS (ORDER BY link.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) weighed WHERE before_it < ${bytes}
    ORDER BY seq`.execute(tx)
  return rows.map(chainedOf)
}

const columns = sql.join(entryColumns.map((column) => sql.ref(column)))

/** As it is read: the size of a column is that of its compressed form, but of bytes PostgreSQL knows the other one too. */
const weight = sql`coalesce(octet_length(events.before::text), 0) + coalesce(octet_length(events.after::text), 0)
  + coalesce(octet_length(events.personal), 0) + octet_length(events.target_id) + coalesce(octet_length(events.actor_id), 0)`

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
