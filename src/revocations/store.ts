import { sql } from 'kysely'
import type { Db, Tx } from '../db/types.ts'
import { defineId } from '../lib/ids.ts'
import type { Position } from './position.ts'
import { type Announced, type Carried, type Revocation, revocationId } from './revocation.ts'

const orgId = defineId('org')
const sessionId = defineId('ses')
const keyId = defineId('key')
const apiId = defineId('api')

export const insertRevocation = (
  tx: Tx,
  { id, at, from, sub, organisation, sid, clientId, apiKey, api, reason }: Revocation,
  expiresAt: Date,
): Promise<unknown> =>
  tx
    .insertInto('revocations')
    .values({
      id: revocationId.toUuid(id),
      at,
      dead_from: from ?? null,
      sub: sub ?? null,
      org_id: organisation === undefined ? null : orgId.toUuid(organisation),
      sid: sid ?? null,
      client_id: clientId ?? null,
      api_key: apiKey ?? null,
      api_id: api === undefined ? null : apiId.toUuid(api),
      reason,
      expires_at: expiresAt,
    })
    .execute()

export interface Read {
  readonly entries: readonly (Announced & { readonly xid: string; readonly uuid: string })[]
  /** What this reading could see. */
  readonly snapshot: string
  /** The microsecond of it, by the one clock that all processes share; it goes on where a backup was restored. */
  readonly sequence: number
}

/**
 * What the reader's snapshot did not show, in one statement, so that the rows and the snapshot belong together. A snapshot
 * of another history (a backup was restored) is not believed, and the reader is told all: one from the future, and one that
 * shows what was written later than it.
 */
export async function readRevocations(
  db: Db,
  { seen, round }: Position,
  { limit, now }: { readonly limit: number; readonly now: Date },
): Promise<Read> {
  const { snapshot: since, at } = seen ?? { snapshot: '1:1:', at: '0' }
  const { rows } = await sql<Row>`
    WITH here AS (
      SELECT pg_current_snapshot() AS current,
        CASE WHEN pg_snapshot_xmax(${since}::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
            AND NOT EXISTS (SELECT FROM revocations
              WHERE written_at > timestamptz 'epoch' + ${at}::bigint * interval '1 microsecond'
                AND pg_visible_in_snapshot(xid, ${since}::pg_snapshot))
          THEN ${since}::pg_snapshot ELSE '1:1:'::pg_snapshot END AS seen
    )
    SELECT here.current::text AS snapshot, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text AS sequence,
      r.id, r.xid::text, r.at, r.dead_from, r.sub, r.org_id, r.sid, r.client_id, r.api_key, r.api_id, r.reason, r.expires_at
    FROM here LEFT JOIN LATERAL (
      SELECT * FROM revocations
      WHERE xid >= pg_snapshot_xmin(here.seen) AND NOT pg_visible_in_snapshot(xid, here.seen) AND expires_at > ${now}
        ${round ? sql`AND (xid, id) > (${round.xid}::xid8, ${round.id}::uuid)` : sql``}
      ORDER BY xid, id LIMIT ${limit}
    ) r ON true
    ORDER BY r.xid, r.id`.execute(db)
  const [first] = rows
  if (!first) throw new Error('a snapshot is always answered')
  return { snapshot: first.snapshot, sequence: Number(first.sequence), entries: rows.flatMap(entryOf) }
}

interface Row {
  readonly snapshot: string
  readonly sequence: string
  /** Null, and all that follows, where there is no entry. */
  readonly id: string | null
  readonly xid: string | null
  readonly at: Date
  readonly dead_from: Date | null
  readonly sub: string | null
  readonly org_id: string | null
  readonly sid: string | null
  readonly client_id: string | null
  readonly api_key: string | null
  readonly api_id: string | null
  readonly reason: string
  readonly expires_at: Date
}

function entryOf(row: Row): Read['entries'][number][] {
  if (row.id === null || row.xid === null) return []
  const { id, xid, at, dead_from: from, reason, expires_at: expiresAt } = row
  const said = { at, ...(from !== null && { from }), reason, expiresAt }
  return [{ id: revocationId.fromUuid(id), uuid: id, xid, ...said, ...carriedOf(row) }]
}

const carriedOf = ({ sub, org_id, sid, client_id, api_key, api_id }: Row): Carried => ({
  ...(sub !== null && { sub }),
  ...(org_id !== null && { organisation: orgId.fromUuid(org_id) }),
  ...(sid !== null && sessionId.is(sid) && { sid }),
  ...(client_id !== null && { clientId: client_id }),
  ...(api_key !== null && keyId.is(api_key) && { apiKey: api_key }),
  ...(api_id !== null && { api: apiId.fromUuid(api_id) }),
})
