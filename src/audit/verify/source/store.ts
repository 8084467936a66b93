import { sql } from 'kysely'
import type { InstanceTx } from '../../../db/transaction.ts'
import { type EntryRow, entryColumns } from '../../entry/row.ts'
import { inOrderOfEndorsement } from '../../keys/order.ts'

/** A link, with its event as far as there is one. */
export type ChainRow = { readonly [Column in keyof EntryRow]: EntryRow[Column] | null } & {
  readonly seq: string
  readonly event_id: string
  readonly link_at: Date
  readonly link_org: string | null
  readonly entry_hash: Buffer
  readonly hash: Buffer
  readonly actor_name: string | null
  readonly actor_name_sealed: Buffer | null
}

export const readLinks = (tx: InstanceTx, after: number, limit: number): Promise<ChainRow[]> =>
  tx
    .selectFrom('audit_chain')
    .leftJoin('events', 'events.id', 'audit_chain.event_id')
    .select([
      'audit_chain.seq',
      'audit_chain.event_id',
      'audit_chain.at as link_at',
      'audit_chain.org_id as link_org',
      'audit_chain.entry_hash',
      'audit_chain.hash',
      'audit_chain.actor_name',
      'audit_chain.actor_name_sealed',
      ...entryColumns,
    ])
    .where('audit_chain.seq', '>', String(after))
    .orderBy('audit_chain.seq')
    .limit(limit)
    .execute()

export interface CheckpointRow {
  readonly seq: number
  readonly jws: string
}

/** `until`: also those at it. */
export async function readCheckpoints(
  tx: InstanceTx,
  { after, until, limit }: { readonly after: number; readonly until: number; readonly limit: number },
): Promise<CheckpointRow[]> {
  const rows = await tx
    .selectFrom('audit_checkpoints')
    .select(['seq', 'jws'])
    .where('seq', '>', String(after))
    .where('seq', '<=', String(until))
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map(({ seq, jws }) => ({ seq: Number(seq), jws }))
}

/** Each behind the one that endorses it. */
export const readKeys = async (tx: InstanceTx) =>
  inOrderOfEndorsement(
    await tx.selectFrom('audit_keys').select(['kid', 'public_jwk', 'endorsement']).orderBy('created_at').execute(),
  )

export async function readHead(tx: InstanceTx): Promise<{ readonly seq: number; readonly hash: Buffer }> {
  const { seq, hash } = await tx.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow()
  return { seq: Number(seq), hash }
}

/** Of a database that is restored or begun, none. */
export async function newestHead(tx: InstanceTx): Promise<string | undefined> {
  const row = await tx.selectFrom('audit_checkpoints').select('jws').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row?.jws
}

/**
 * An event that the chain went past: whoever put it there gave it the transaction of another time. While the chain is being
 * walked through anew there are such that are yet to come, and nothing is said.
 */
export async function findStray(tx: InstanceTx): Promise<string | undefined> {
  const { rows } = await sql<{ readonly id: string }>`
    SELECT events.id FROM events, audit_head
    WHERE audit_head.seen IS NOT NULL AND audit_head.walk_began IS NULL
      AND pg_snapshot_xmax(audit_head.seen::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
      AND (events.xid < pg_snapshot_xmin(audit_head.seen::pg_snapshot)
        OR events.xid >= pg_snapshot_xmax(pg_current_snapshot()))
      AND NOT EXISTS (SELECT FROM audit_chain WHERE audit_chain.event_id = events.id)
    LIMIT 1`.execute(tx)
  return rows[0]?.id
}
