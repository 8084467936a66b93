import { type RawBuilder, sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import type { OwnRetention, Whose } from './rules.ts'

export async function ownRetentions(tx: InstanceTx): Promise<OwnRetention[]> {
  const rows = await tx
    .selectFrom('organisations')
    .select(['id', 'audit_retention_days'])
    .where('audit_retention_days', 'is not', null)
    .execute()
  return rows.flatMap(({ id, audit_retention_days: days }) => (days === null ? [] : [{ organisation: id, days }]))
}

/**
 * How far the last of these is; undefined where `needed` has no place yet. Those alone who read entries and are still there: heads
 * outlive their entries, and one that was switched off would keep everything for ever.
 */
export async function slowestFollower(
  tx: InstanceTx,
  needed: string,
  others: readonly string[],
): Promise<{ readonly name: string; readonly seq: number } | undefined> {
  const rows = await tx
    .selectFrom('audit_followers')
    .select(['name', 'seq'])
    .where('name', 'in', [needed, ...others])
    .orderBy('seq')
    .execute()
  const [row] = rows
  return row && rows.some(({ name }) => name === needed) ? { name: row.name, seq: Number(row.seq) } : undefined
}

/** The end of the last segment before the first one that is too young, or that somebody has not read. */
export async function endOfDue(tx: InstanceTx, before: Date, bound: number): Promise<number> {
  const { rows } = await sql<{ readonly seq: string | null }>`
    SELECT max(seq)::text AS seq FROM audit_checkpoints WHERE seq < coalesce(
      (SELECT min(seq) FROM audit_checkpoints WHERE last_at >= ${before} OR seq > ${bound}), 9223372036854775807)`.execute(
    tx,
  )
  return Number(rows[0]?.seq ?? 0)
}

export interface Held {
  /** NULL: the instance. */
  readonly organisation: string | null
  readonly entries: number
}

export async function heldUpTo(tx: InstanceTx, whose: Whose, upTo: number): Promise<Held[]> {
  const { rows } = await sql<{ readonly org_id: string | null; readonly entries: string }>`
    SELECT link.org_id, count(*)::text AS entries
    FROM audit_chain link JOIN events ON events.id = link.event_id
    WHERE link.seq <= ${upTo} AND ${isOf(whose)}
    GROUP BY link.org_id`.execute(tx)
  return rows.map(({ org_id, entries }) => ({ organisation: org_id, entries: Number(entries) }))
}

/** What an operator has looked into. */
export interface Gone {
  readonly seq: number
  readonly to: number
}

/** Of a `link`. */
export const isNotLookedInto = (known: readonly Gone[]): RawBuilder<boolean> => sql<boolean>`
  NOT EXISTS (SELECT FROM unnest(${known.map(({ seq }) => seq)}::bigint[], ${known.map(({ to }) => to)}::bigint[]) AS gone (first, last)
    WHERE link.seq BETWEEN gone.first AND gone.last)`

/** What was taken away by somebody else: retention must not cover for them by saying that it was its own doing. */
export async function firstUnexplained(
  tx: InstanceTx,
  upTo: number,
  known: readonly Gone[] = [],
): Promise<number | undefined> {
  const { rows } = await sql<{ readonly seq: string }>`
    SELECT link.seq::text FROM audit_chain link LEFT JOIN (${declared}) said ON said.org_id IS NOT DISTINCT FROM link.org_id
    WHERE link.seq <= ${upTo} AND link.seq > coalesce(said.up_to, 0) AND ${isNotLookedInto(known)}
      AND NOT EXISTS (SELECT FROM events WHERE events.id = link.event_id)
    ORDER BY link.seq LIMIT 1`.execute(tx)
  return rows[0] && Number(rows[0].seq)
}

/** Nobody took away what was not there yet: a number that reaches to its own entry, or is none, says nothing. As the verifier has it. */
const declaredNumber = (field: 'upTo' | 'linksUpTo'): RawBuilder<number | null> => sql`
  max(CASE WHEN jsonb_typeof(events.after -> ${field}::text) = 'number'
    THEN CASE WHEN (events.after ->> ${field}::text)::numeric BETWEEN 0 AND audit_chain.seq - 1
      THEN trunc((events.after ->> ${field}::text)::numeric)::bigint END END)`

export const declared = sql`
  SELECT events.org_id, ${declaredNumber('upTo')} AS up_to, ${declaredNumber('linksUpTo')} AS links_up_to
  FROM events JOIN audit_chain ON audit_chain.event_id = events.id
  WHERE events.action = 'audit.pruned' AND events.actor_kind = 'system' AND events.actor_id = 'audit.prune'
  GROUP BY events.org_id`

/** What the chain says of the instance's own entries, and of links. */
export async function declaredOfInstance(
  tx: InstanceTx,
): Promise<{ readonly upTo: number; readonly linksUpTo: number }> {
  const { rows } = await sql<{ readonly up_to: string | null; readonly links_up_to: string | null }>`
    SELECT up_to::text, links_up_to::text FROM (${declared}) said WHERE org_id IS NULL`.execute(tx)
  return { upTo: Number(rows[0]?.up_to ?? 0), linksUpTo: Number(rows[0]?.links_up_to ?? 0) }
}

export async function areChained(tx: InstanceTx, events: readonly string[]): Promise<boolean> {
  const found = await tx.selectFrom('audit_chain').select('seq').where('event_id', 'in', events).execute()
  return found.length === events.length
}

export interface Segment {
  readonly first: number
  readonly seq: number
}

/** Each from the head before it that is there: of a head that somebody took away, the entries would stay for ever. */
export async function segmentsUpTo(tx: InstanceTx, after: number, upTo: number, limit: number): Promise<Segment[]> {
  const { rows } = await sql<{ readonly before: string; readonly seq: string }>`
    SELECT head.seq::text, coalesce((SELECT max(seq) FROM audit_checkpoints WHERE seq < head.seq), 0)::text AS before
    FROM audit_checkpoints head
    WHERE head.pruned_at IS NULL AND head.seq > ${after} AND head.seq <= ${upTo}
    ORDER BY head.seq LIMIT ${limit}`.execute(tx)
  return rows.map(({ before, seq }) => ({ first: Number(before) + 1, seq: Number(seq) }))
}

/** The last one up to there whose links are still here; 0 where there is none. */
export async function lastSegmentUpTo(tx: InstanceTx, upTo: number): Promise<number> {
  const { last } = await tx
    .selectFrom('audit_checkpoints')
    .select(({ fn }) => fn.max('seq').as('last'))
    .where('pruned_at', 'is', null)
    .where('seq', '<=', String(upTo))
    .executeTakeFirstOrThrow()
  return Number(last ?? 0)
}

/** False where another instance is about it. */
export async function holdSegment(tx: InstanceTx, { seq }: Segment): Promise<boolean> {
  await sql`SELECT set_config('hearthkey.retention', 'prunes', true)`.execute(tx)
  const { rows } = await sql`SELECT seq FROM audit_checkpoints WHERE seq = ${seq} FOR UPDATE SKIP LOCKED`.execute(tx)
  return rows.length > 0
}

/** Their links stay, without the names that stand in them. */
export async function deleteEntries(tx: InstanceTx, { first, seq }: Segment, whose: Whose): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM events USING audit_chain link
    WHERE link.event_id = events.id AND link.seq BETWEEN ${first} AND ${seq} AND ${isOf(whose)}`.execute(tx)
  await sql`
    UPDATE audit_chain link SET actor_name = NULL, actor_name_sealed = NULL
    WHERE seq BETWEEN ${first} AND ${seq} AND ${isOf(whose)}
      AND (actor_name IS NOT NULL OR actor_name_sealed IS NOT NULL)`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** The first entry that is still there; undefined where none is. */
export async function firstHeld(tx: InstanceTx): Promise<number | undefined> {
  const { rows } = await sql<{ readonly seq: string }>`
    SELECT link.seq::text FROM audit_chain link
    WHERE EXISTS (SELECT FROM events WHERE events.id = link.event_id)
    ORDER BY link.seq LIMIT 1`.execute(tx)
  return rows[0] && Number(rows[0].seq)
}

/** When the segment ended that holds the oldest entry of these; undefined where there is none, or where it is not signed. */
export async function oldestHeldAt(tx: InstanceTx, whose: Whose): Promise<Date | undefined> {
  const { rows } = await sql<{ readonly last_at: Date }>`
    SELECT last_at FROM audit_checkpoints WHERE seq >= (
      SELECT link.seq FROM audit_chain link
      WHERE ${isOf(whose)} AND EXISTS (SELECT FROM events WHERE events.id = link.event_id)
      ORDER BY link.seq LIMIT 1)
    ORDER BY seq LIMIT 1`.execute(tx)
  return rows[0]?.last_at
}

export async function deleteLinks(tx: InstanceTx, { first, seq }: Segment, now: Date): Promise<void> {
  await tx.deleteFrom('audit_chain').where('seq', '>=', String(first)).where('seq', '<=', String(seq)).execute()
  await tx.updateTable('audit_checkpoints').set({ pruned_at: now }).where('seq', '=', String(seq)).execute()
}

const isOf = (whose: Whose): RawBuilder<boolean> =>
  'only' in whose
    ? sql<boolean>`link.org_id = ANY (${whose.only}::uuid[])`
    : sql<boolean>`(link.org_id IS NULL OR link.org_id <> ALL (${whose.allBut}::uuid[]))`
