import { sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import { parseSeen } from '../chain/seen.ts'
import { findUnchained } from '../chain/store.ts'

/** Who is behind, and since when. */
export interface Lag {
  readonly name: string
  readonly since: Date
}

/** `walks`: all events are walked through, as behind a first start or a restore. */
export async function lagOfChain(tx: InstanceTx): Promise<'none' | 'walks' | Date> {
  const head = tx.selectFrom('audit_head').select(['seen', 'walk_began'])
  const { seen, walk_began } = await head.executeTakeFirstOrThrow()
  if (seen === null || walk_began !== null) return 'walks'
  const { rows } = await findUnchained(tx, parseSeen(seen), 1)
  return rows[0]?.occurred_at ?? 'none'
}

/** Of those who follow the entries, and of those who follow the signed heads. */
export async function lagsOfFollowers(
  tx: InstanceTx,
  followers: { readonly ofEntries: readonly string[]; readonly ofHeads: readonly string[] },
): Promise<Lag[]> {
  const { rows } = await sql<Lag>`
    SELECT name, since FROM (
      SELECT name, (SELECT at FROM audit_chain c WHERE c.seq > f.seq ORDER BY c.seq LIMIT 1) AS since
      FROM audit_followers f WHERE name = ANY (${followers.ofEntries}::text[])
      UNION ALL
      SELECT name, (SELECT at FROM audit_checkpoints c WHERE c.seq > f.seq ORDER BY c.seq LIMIT 1) AS since
      FROM audit_followers f WHERE name = ANY (${followers.ofHeads}::text[])
    ) lags WHERE since IS NOT NULL ORDER BY name`.execute(tx)
  return [...rows]
}

/** When the oldest entry was appended that no signed head covers. */
export async function unsignedSince(tx: InstanceTx): Promise<Date | undefined> {
  const { rows } = await sql<{ unsigned_since: Date | null }>`
    SELECT unsigned_since FROM audit_chain_standing()`.execute(tx)
  return rows[0]?.unsigned_since ?? undefined
}
