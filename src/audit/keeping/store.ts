import { sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import { parseSeen } from '../chain/seen.ts'
import { findUnchained } from '../chain/store.ts'
import type { Standing } from './standing.ts'

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
  const { rows } = await findUnchained(tx, parseSeen(seen), { events: 1, bytes: 0 })
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

interface Row {
  readonly waits: boolean
  readonly seq: string
  readonly signed_seq: string
  readonly unsigned_since: Date | null
  readonly names: string[]
  readonly seqs: string[]
  readonly moved: number[]
}

/** All that has to be known to do nothing, in one statement without a transaction: it is asked twice a second. */
export async function askStanding(owner: Db, followers: readonly string[]): Promise<Standing> {
  const { rows } = await sql<Row>`
    SELECT standing.*, places.* FROM audit_chain_standing() standing, LATERAL (
      SELECT coalesce(array_agg(name), '{}') AS names, coalesce(array_agg(f.seq::text), '{}') AS seqs,
        coalesce(array_agg(extract(epoch FROM moved_at)::float8 * 1000), '{}') AS moved
      FROM audit_followers f WHERE name = ANY (${followers}::text[])
    ) places`.execute(owner)
  const [row] = rows
  if (!row) throw new Error('the chain of events has no head')
  const { waits, seq, signed_seq, unsigned_since, names, seqs, moved } = row
  return {
    waits,
    seq: Number(seq),
    signedSeq: Number(signed_seq),
    unsignedSince: unsigned_since ?? undefined,
    places: new Map(
      names.map((name, n) => [name, { seq: Number(seqs[n]), movedAt: new Date(moved[n] ?? 0) }] as const),
    ),
  }
}
