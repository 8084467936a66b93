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

export type UnchainedRow = EntryRow

/** How many events, and how much of them, one transaction takes. */
export interface Portion {
  readonly events: number
  /** No less than they are. One event is taken however large it is. */
  readonly bytes: number
}

interface Found {
  /** What the reading itself could see. */
  readonly current: Seen
  /** By transaction, and within it by id. */
  readonly rows: readonly UnchainedRow[]
  /** Of the first that there was no more room for. */
  readonly beyond: bigint | undefined
}

/**
 * What was committed since. Whatever began below `until` and is not named as open had ended by then: so only the two ends of
 * the index are looked at, however long somebody's transaction stays open. A row whose transaction is yet to come was
 * restored from another server; the walk has it.
 */
export async function findUnchained(tx: InstanceTx, seen: Seen, portion: Portion): Promise<Found> {
  const limit = portion.events + 1
  const { rows } = await sql<FoundRow & { readonly beyond: string | null }>`
    SELECT pg_current_snapshot()::text AS current, ${found}, found.beyond FROM (VALUES (1)) one LEFT JOIN LATERAL (
      SELECT * FROM (
        SELECT waiting.*, ${IN_FRONT} AS in_front, row_number() OVER in_order AS place, lead(xid) OVER in_order AS beyond FROM (
          (${unchained(sql`events.xid = ANY (${seen.open.map(String)}::xid8[])`, limit)})
          UNION ALL
          (${unchained(
            sql`events.xid >= ${String(seen.until)}::xid8 AND events.xid < pg_snapshot_xmax(pg_current_snapshot())`,
            limit,
          )})
        ) waiting WINDOW in_order AS (ORDER BY xid, id ROWS UNBOUNDED PRECEDING)
      ) waiting WHERE place <= ${portion.events} AND (place = 1 OR in_front + bytes <= ${portion.bytes})
    ) found ON true
    ORDER BY found.xid, found.id`.execute(tx)
  const beyond = rows.at(-1)?.beyond ?? null
  return {
    current: currentOf(rows),
    rows: rows.filter(isFound),
    beyond: beyond === null ? undefined : BigInt(beyond),
  }
}

const IN_FRONT = sql`sum(bytes) OVER in_order - bytes`

const unchained = (where: RawBuilder<unknown>, limit: number): RawBuilder<unknown> => sql`
  SELECT ${columns}, events.xid, ${bytes} AS bytes FROM events
  WHERE ${where} AND NOT EXISTS (SELECT FROM audit_chain WHERE audit_chain.event_id = events.id)
  ORDER BY events.xid, events.id LIMIT ${limit}`

/**
 * What JSON takes as text at most, but for numbers that nobody writes: a compressed value is up to a hundred times as large as it
 * lies there. To look would be to unpack a thousand of them for the few that are taken.
 */
const bytesOf = (column: 'events.before' | 'events.after'): RawBuilder<number> => sql`
  coalesce(pg_column_size(${sql.ref(column)}) * CASE WHEN pg_column_compression(${sql.ref(column)}) IS NULL THEN 4 ELSE 100 END::float8, 0)`

/** Of a row of `events`, at most. */
export const bytes = sql`(500 + ${bytesOf('events.before')} + ${bytesOf('events.after')} + coalesce(octet_length(events.personal), 0)
  + coalesce(octet_length(events.ip), 0) + coalesce(octet_length(events.user_agent), 0) + octet_length(events.target_id)
  + coalesce(octet_length(events.actor_id), 0) + coalesce(octet_length(events.request_id), 0) + octet_length(events.action))`

interface Stretch extends Omit<Found, 'beyond'> {
  /** Up to which event it reaches; undefined where there are no more. */
  readonly to: string | undefined
}

/** The next so many of all events, by id, and which of them are not in the chain: whatever their transaction is called. */
export async function walkOn(tx: InstanceTx, after: string, portion: Portion): Promise<Stretch> {
  const { rows } = await sql<FoundRow & { readonly last: string | null; readonly beyond: string | null }>`
    WITH stretch AS MATERIALIZED (SELECT id FROM events WHERE id > ${after}::uuid ORDER BY id LIMIT ${portion.events})
    SELECT pg_current_snapshot()::text AS current, edge.last, ${found}, found.beyond FROM (
      SELECT (SELECT id FROM stretch ORDER BY id DESC LIMIT 1) AS last
    ) edge LEFT JOIN LATERAL (
      SELECT * FROM (
        SELECT waiting.*, ${IN_FRONT} AS in_front, row_number() OVER in_order AS place, lead(id) OVER in_order AS beyond FROM (
          SELECT ${columns}, events.xid, ${bytes} AS bytes FROM stretch JOIN events ON events.id = stretch.id
          WHERE NOT EXISTS (SELECT FROM audit_chain WHERE audit_chain.event_id = stretch.id)
        ) waiting WINDOW in_order AS (ORDER BY id ROWS UNBOUNDED PRECEDING)
      ) waiting WHERE place = 1 OR in_front + bytes <= ${portion.bytes}
    ) found ON true
    ORDER BY found.id`.execute(tx)
  const last = rows.at(-1)
  // Where it was too much at once, the next stretch begins behind what was taken.
  const to = last?.beyond ? last.id : last?.last
  return { current: currentOf(rows), rows: rows.filter(isFound), to: to ?? undefined }
}

const columns = sql.join(entryColumns.map((column) => sql.ref(column)))
/** Not what it was found by: whatever is sent costs something to send and to read, a thousand times. */
const found = sql.join(entryColumns.map((column) => sql.ref(column.replace(/^events/, 'found'))))

/** All is null where nothing was found. */
type FoundRow = { readonly [Column in keyof EntryRow]: EntryRow[Column] | null } & {
  readonly current: string
}

function currentOf([first]: readonly FoundRow[]): Seen {
  if (!first) throw new Error('a snapshot is always answered')
  return parseSeen(first.current)
}

const isFound = <Row extends FoundRow>(row: Row): row is Row & UnchainedRow => row.id !== null

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

/**
 * In one statement, however many they are. What needs no quotes is written down as PostgreSQL reads lists of it, and all hashes
 * lie in one value one behind the other: put together and taken apart one by one they cost as much as making them.
 */
export async function insertLinks(tx: InstanceTx, links: readonly NewLink[]): Promise<void> {
  const list = (pick: (link: NewLink) => string | number | null) => `{${links.map(pick).map(orNull).join(',')}}`
  const hashes = Buffer.concat(links.flatMap(({ entryHash, hash }) => [entryHash, hash]))
  await sql`
    INSERT INTO audit_chain (seq, event_id, at, org_id, entry_hash, hash, actor_name, actor_name_sealed)
    SELECT seq, event_id, at, org_id,
      substring(${hashes}::bytea FROM (nth * 64 - 63)::int FOR 32), substring(${hashes}::bytea FROM (nth * 64 - 31)::int FOR 32),
      actor_name, actor_name_sealed
    FROM unnest(
      ${list(({ seq }) => seq)}::bigint[], ${list(({ event }) => event)}::uuid[],
      ${list(({ at }) => at.toISOString())}::timestamptz[], ${list(({ organisation }) => organisation)}::uuid[],
      ${allOrNone(links.map(({ name }) => name))}::text[], ${allOrNone(links.map(({ sealedName }) => sealedName))}::bytea[]
    ) WITH ORDINALITY AS link (seq, event_id, at, org_id, actor_name, actor_name_sealed, nth)`.execute(tx)
}

const orNull = (value: string | number | null): string | number => value ?? 'NULL'

/** Of a list that is not there, `unnest` makes as many nulls. */
const allOrNone = <T>(values: readonly (T | null)[]): readonly (T | null)[] | null =>
  values.every((value) => value === null) ? null : values
