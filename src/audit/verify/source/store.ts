import { sql } from 'kysely'
import type { InstanceTx } from '../../../db/transaction.ts'
import { bytes } from '../../chain/store.ts'
import { type EntryRow, entryColumns } from '../../entry/row.ts'
import { eventId } from '../../event.ts'
import { inOrderOfEndorsement } from '../../keys/order.ts'
import { ACKNOWLEDGED, type Break, claimedIn } from '../acknowledgement.ts'
import { VERIFIED } from '../store.ts'

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

/** A page of the largest events that the table takes would be more than half a gigabyte, and whoever writes them chooses how many. */
const PAGE_BYTES = 8 * 2 ** 20

/** Fewer than `limit` where they are large: the end is where there are none. */
export async function readLinks(tx: InstanceTx, after: number, limit: number): Promise<ChainRow[]> {
  const { rows } = await sql<ChainRow>`
    SELECT * FROM (
      SELECT link.seq, link.event_id, link.at AS link_at, link.org_id AS link_org, link.entry_hash, link.hash, link.actor_name,
        link.actor_name_sealed, ${columns}, coalesce(sum(${bytes}) OVER before_it, 0) AS before_it
      FROM (SELECT * FROM audit_chain WHERE seq > ${after} ORDER BY seq LIMIT ${limit}) link
      LEFT JOIN events ON events.id = link.event_id
      WINDOW before_it AS (ORDER BY link.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) page WHERE before_it < ${PAGE_BYTES}
    ORDER BY seq`.execute(tx)
  return rows
}

const columns = sql.join(entryColumns.map((column) => sql.ref(column)))

export interface CheckpointRow {
  readonly seq: number
  readonly first: number
  readonly hash: string
  readonly jws: string
}

/** `until`: also those at it. */
export async function readCheckpoints(
  tx: InstanceTx,
  { after, until, limit }: { readonly after: number; readonly until: number; readonly limit: number },
): Promise<CheckpointRow[]> {
  const rows = await tx
    .selectFrom('audit_checkpoints')
    .select(['seq', 'first_seq', 'hash', 'jws'])
    .where('seq', '>', String(after))
    .where('seq', '<=', String(until))
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map(({ seq, first_seq, hash, jws }) => ({
    seq: Number(seq),
    first: Number(first_seq),
    hash: hash.toString('hex'),
    jws,
  }))
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

export async function newestHeadSeq(tx: InstanceTx): Promise<number> {
  const head = tx.selectFrom('audit_checkpoints').select(({ fn }) => fn.max('seq').as('seq'))
  return Number((await head.executeTakeFirstOrThrow()).seq ?? 0)
}

/** Who had come to a head, for as long as that was there: the furthest behind the newest that is left. */
export async function placeBehindHeads(tx: InstanceTx): Promise<number | undefined> {
  const row = await tx
    .selectFrom('audit_followers')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .where((eb) => eb.or([eb('name', '=', VERIFIED), eb('name', 'like', 'heads-%')]))
    .where('seq', '>', ({ selectFrom, fn, val }) =>
      selectFrom('audit_checkpoints').select(fn.coalesce(fn.max('seq'), val('0')).as('newest')),
    )
    .executeTakeFirst()
  return row?.seq == null ? undefined : Number(row.seq)
}

/** By events_by_action: they are few. */
export async function claimedBreaks(tx: InstanceTx): Promise<Break[]> {
  const rows = await tx.selectFrom('events').select('after').where('action', '=', ACKNOWLEDGED).execute()
  return rows.flatMap(({ after }) => claimedIn(after))
}

/**
 * An event that the chain went past: whoever put it there gave it the transaction of another time. While the chain is being
 * walked through anew there are such that are yet to come, and nothing is said.
 */
export async function findStrays(tx: InstanceTx, limit: number): Promise<string[]> {
  const { rows } = await sql<{ readonly id: string }>`
    SELECT events.id FROM events, audit_head
    WHERE audit_head.seen IS NOT NULL AND audit_head.walk_began IS NULL
      AND pg_snapshot_xmax(audit_head.seen::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
      AND (events.xid < pg_snapshot_xmin(audit_head.seen::pg_snapshot)
        OR events.xid >= pg_snapshot_xmax(pg_current_snapshot()))
      AND NOT EXISTS (SELECT FROM audit_chain WHERE audit_chain.event_id = events.id)
    ORDER BY events.id LIMIT ${limit}`.execute(tx)
  return rows.map(({ id }) => `${eventId.prefix}_${id.replaceAll('-', '')}`)
}
