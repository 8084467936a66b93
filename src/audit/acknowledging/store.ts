import { sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import { declared, type Gone, isNotLookedInto } from '../retention/store.ts'
import { ACKNOWLEDGED, type Break } from '../verify/acknowledgement.ts'

/** A run of entries that are not there, or of links at the beginning. */
export interface Run {
  readonly seq: number
  readonly to: number
}

/** What is gone and nobody speaks of: entries whose links stand there, and links at the beginning of the log. */
export async function unexplainedRuns(tx: InstanceTx, known: readonly Gone[], limit: number): Promise<Run[]> {
  const { rows } = await sql<{ readonly seq: string; readonly upto: string }>`
    SELECT min(seq)::text AS seq, max(seq)::text AS upto FROM (
      SELECT link.seq, link.seq - row_number() OVER (ORDER BY link.seq) AS run
      FROM audit_chain link LEFT JOIN (${declared}) said ON said.org_id IS NOT DISTINCT FROM link.org_id
      WHERE link.seq > coalesce(said.up_to, 0) AND link.seq <= (SELECT seq FROM audit_head)
        AND ${isNotLookedInto(known)} AND NOT EXISTS (SELECT FROM events WHERE events.id = link.event_id)
    ) gone GROUP BY run ORDER BY min(seq) LIMIT ${limit}`.execute(tx)
  return [...(await goneBeginning(tx)), ...rows.map(({ seq, upto }) => ({ seq: Number(seq), to: Number(upto) }))]
}

/** Of whole segments nothing but the signed head is left: what retention has said of it reaches less far. */
async function goneBeginning(tx: InstanceTx): Promise<Run[]> {
  const { rows } = await sql<{ readonly gone: string | null; readonly said: string | null }>`
    SELECT (SELECT max(head.seq) FROM audit_checkpoints head
        WHERE head.seq < (SELECT min(link.seq) FROM audit_chain link))::text AS gone,
      (SELECT said.links_up_to FROM (${declared}) said WHERE said.org_id IS NULL)::text AS said`.execute(tx)
  const [gone, said] = [Number(rows[0]?.gone ?? 0), Number(rows[0]?.said ?? 0)]
  return gone > said ? [{ seq: 1, to: gone }] : []
}

/** The acknowledgements of the log up to there, for whoever takes entries away. */
export async function acknowledgementsUpTo(tx: InstanceTx, upTo: number) {
  const rows = await tx
    .selectFrom('events')
    .innerJoin('audit_chain', 'audit_chain.event_id', 'events.id')
    .select(['audit_chain.seq', 'events.occurred_at', 'events.after'])
    .where('events.action', '=', ACKNOWLEDGED)
    .where('events.org_id', 'is', null)
    .where('audit_chain.seq', '<=', String(upTo))
    .orderBy('audit_chain.seq')
    .execute()
  return rows.map(({ seq, occurred_at: at, after }) => ({ seq: Number(seq), at, after }))
}

/** The signed heads around a place: the last one that ends before it, and the first that covers it. */
export async function headsAround(
  tx: InstanceTx,
  { seq }: Pick<Break, 'seq'>,
): Promise<{ readonly before: number | null; readonly after: number | null }> {
  const { rows } = await sql<{ readonly before: string | null; readonly after: string | null }>`
    SELECT (SELECT max(seq) FROM audit_checkpoints WHERE seq < ${seq})::text AS before,
      (SELECT min(seq) FROM audit_checkpoints WHERE seq >= ${seq})::text AS after`.execute(tx)
  const number = (text: string | null | undefined) => (text ? Number(text) : null)
  return { before: number(rows[0]?.before), after: number(rows[0]?.after) }
}

/** The chain is walked through anew by whoever makes it: what was put among the events later gets into it, at its end. */
export const walkAnew = (tx: InstanceTx): Promise<unknown> =>
  tx.updateTable('audit_head').set({ seen: null, walk_began: null, walked_to: null }).execute()
