import { type RawBuilder, sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import { type EntryRow, entryColumns } from '../entry/row.ts'
import type { HeldHead } from './head.ts'
import { parseSeen, type Seen, seenText } from './seen.ts'

/** Nothing where another instance is about it: what there is to do, it does. */
export async function holdHead(tx: InstanceTx): Promise<HeldHead | undefined> {
  const row = await tx
    .selectFrom('audit_head')
    .select(['seq', 'hash', 'seen', 'walk_began', 'walked_to'])
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!row) return undefined
  const { seq, hash, seen, walk_began, walked_to } = row
  return {
    seq: Number(seq),
    hash,
    seen: seen === null ? undefined : parseSeen(seen),
    walk: walk_began === null || walked_to === null ? undefined : { began: parseSeen(walk_began), to: walked_to },
  }
}

/** Where all was signed so far. Before the head moves. */
export const beginWaitForHead = (tx: InstanceTx, now: Date): Promise<unknown> =>
  sql`
    UPDATE audit_head SET unsigned_since = ${now}
    WHERE unsigned_since IS NULL OR seq <= (SELECT max(seq) FROM audit_checkpoints)`.execute(tx)

export async function moveHead(tx: InstanceTx, { seq, hash, seen, walk }: HeldHead): Promise<void> {
  await tx
    .updateTable('audit_head')
    .set({
      seq: String(seq),
      hash,
      seen: seen ? seenText(seen) : null,
      walk_began: walk ? seenText(walk.began) : null,
      walked_to: walk?.to ?? null,
    })
    .execute()
}

export interface UnchainedRow extends EntryRow {
  readonly xid: bigint
}

interface Found {
  /** What the reading itself could see. */
  readonly current: Seen
  /** By transaction, and within it by id. */
  readonly rows: readonly UnchainedRow[]
}

/**
 * What was committed since. Whatever began below `until` and is not named as open had ended by then: so only the two ends of
 * the index are looked at, however long somebody's transaction stays open. A row whose transaction is yet to come was
 * restored from another server; the walk has it.
 */
export async function findUnchained(tx: InstanceTx, seen: Seen, limit: number): Promise<Found> {
  const { rows } = await sql<FoundRow>`
    SELECT pg_current_snapshot()::text AS current, found.* FROM (VALUES (1)) one LEFT JOIN LATERAL (
      (${unchained(sql`events.xid = ANY (${seen.open.map(String)}::xid8[])`, limit)})
      UNION ALL
      (${unchained(
        sql`events.xid >= ${String(seen.until)}::xid8 AND events.xid < pg_snapshot_xmax(pg_current_snapshot())`,
        limit,
      )})
    ) found ON true
    ORDER BY found.xid, found.id LIMIT ${limit}`.execute(tx)
  return { current: currentOf(rows), rows: rows.flatMap(unchainedOf) }
}

const unchained = (where: RawBuilder<unknown>, limit: number): RawBuilder<unknown> => sql`
  SELECT ${columns}, events.xid FROM events
  WHERE ${where} AND NOT EXISTS (SELECT FROM audit_chain WHERE audit_chain.event_id = events.id)
  ORDER BY events.xid, events.id LIMIT ${limit}`

interface Stretch extends Found {
  /** Up to which event it reaches; undefined where there are no more. */
  readonly to: string | undefined
}

/** The next so many of all events, by id, and which of them are not in the chain: whatever their transaction is called. */
export async function walkOn(tx: InstanceTx, after: string, length: number): Promise<Stretch> {
  const { rows } = await sql<FoundRow & { readonly last: string | null }>`
    WITH stretch AS MATERIALIZED (SELECT id FROM events WHERE id > ${after}::uuid ORDER BY id LIMIT ${length})
    SELECT pg_current_snapshot()::text AS current, edge.last, found.* FROM (
      SELECT (SELECT id FROM stretch ORDER BY id DESC LIMIT 1) AS last
    ) edge LEFT JOIN LATERAL (
      SELECT ${columns}, events.xid FROM stretch JOIN events ON events.id = stretch.id
      WHERE NOT EXISTS (SELECT FROM audit_chain WHERE audit_chain.event_id = stretch.id)
    ) found ON true
    ORDER BY found.id`.execute(tx)
  return { current: currentOf(rows), rows: rows.flatMap(unchainedOf), to: rows[0]?.last ?? undefined }
}

const columns = sql.join(entryColumns.map((column) => sql.ref(column)))

/** All is null where nothing was found. */
type FoundRow = { readonly [Column in keyof EntryRow]: EntryRow[Column] | null } & {
  readonly current: string
  readonly xid: string | null
}

function currentOf([first]: readonly FoundRow[]): Seen {
  if (!first) throw new Error('a snapshot is always answered')
  return parseSeen(first.current)
}

const isFound = (row: FoundRow): row is FoundRow & EntryRow & { readonly xid: string } => row.id !== null

const unchainedOf = (row: FoundRow): UnchainedRow[] => (isFound(row) ? [{ ...row, xid: BigInt(row.xid) }] : [])

export interface NewLink {
  readonly seq: number
  readonly event: string
  readonly at: Date
  readonly organisation: string | null
  readonly entryHash: Buffer
  readonly hash: Buffer
  readonly name: string | null
  readonly sealedName: Buffer | null
}

/** In one statement with nine parameters, however many they are. */
export async function insertLinks(tx: InstanceTx, links: readonly NewLink[]): Promise<void> {
  const all = <T>(pick: (link: NewLink) => T): T[] => links.map(pick)
  await sql`
    INSERT INTO audit_chain (seq, event_id, at, org_id, entry_hash, hash, actor_name, actor_name_sealed)
    SELECT * FROM unnest(
      ${all(({ seq }) => seq)}::bigint[], ${all(({ event }) => event)}::uuid[],
      ${all(({ at }) => at.toISOString())}::timestamptz[], ${all(({ organisation }) => organisation)}::uuid[],
      ${all(({ entryHash }) => entryHash)}::bytea[], ${all(({ hash }) => hash)}::bytea[],
      ${all(({ name }) => name)}::text[], ${all(({ sealedName }) => sealedName)}::bytea[]
    )`.execute(tx)
}
