import { sql } from 'kysely'
import type { Db } from '../../db/types.ts'

export interface Standing {
  /** There are events to put into the chain, or to look for. */
  readonly waits: boolean
  readonly seq: number
  readonly signedSeq: number
  /** When the oldest entry was appended that no signed head covers. */
  readonly unsignedSince: Date | undefined
  /** How far each of those is who were asked for. */
  readonly places: ReadonlyMap<string, Place>
}

export interface Place {
  readonly seq: number
  readonly movedAt: Date
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
