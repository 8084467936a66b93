import { type RawBuilder, sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import type { Follower } from './follower.ts'

/** Undefined where another instance is about it, or where there is none yet. */
export async function holdPlace(tx: InstanceTx, name: string): Promise<number | undefined> {
  const place = tx.selectFrom('audit_followers').select('seq').where('name', '=', name)
  const row = await place.forUpdate().skipLocked().executeTakeFirst()
  return row && Number(row.seq)
}

/**
 * Leaves one alone that is there already. While the history of a database is still being put into the chain, its end is where that
 * will be: whoever hears of what comes is not told of years.
 */
export const beginPlace = (
  tx: InstanceTx,
  { name, from }: Pick<Follower, 'name' | 'from'>,
  at: Date,
): Promise<unknown> =>
  sql`
    INSERT INTO audit_followers (name, seq, moved_at)
    VALUES (${name}, ${beginOf(from, at)}, ${at})
    ON CONFLICT (name) DO NOTHING`.execute(tx)

/** So long after its first event an instance is no new one. */
const NEW_MS = 3_600_000

const beginOf = (from: Follower['from'], at: Date): RawBuilder<unknown> => {
  if (from === 'beginning') return sql`0`
  if (from === 'end') return END
  const old = new Date(at.getTime() - NEW_MS)
  return sql`CASE WHEN (SELECT occurred_at FROM events ORDER BY id LIMIT 1) < ${old} THEN ${END} ELSE 0 END`
}

const END = sql`(
  SELECT seq + CASE WHEN seen IS NOT NULL AND walk_began IS NULL THEN 0 ELSE (
    SELECT count(*) FROM events WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.event_id = events.id)) END
  FROM audit_head)`

export const movePlace = (tx: InstanceTx, name: string, seq: number, at: Date): Promise<unknown> =>
  tx
    .updateTable('audit_followers')
    .set({ seq: String(seq), moved_at: at })
    .where('name', '=', name)
    .execute()

export async function movedAt(tx: InstanceTx, name: string): Promise<Date> {
  const place = tx.selectFrom('audit_followers').select('moved_at').where('name', '=', name)
  return (await place.executeTakeFirstOrThrow()).moved_at
}
