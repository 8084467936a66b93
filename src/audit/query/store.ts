import { sql } from 'kysely'
import type { InstanceTx, OrgTx } from '../../db/transaction.ts'
import { type EntryRow, entryColumns, entryOf, isTime, UnreadableEntry } from '../entry/row.ts'
import type { ActorName, StoredEntry } from '../entry/stored-entry.ts'
import { type EventId, eventId } from '../event.ts'
import { allOf, between, type Condition, type Finding, orderOf, planOf, type Sql } from './conditions.ts'
import type { EventFilter, Order } from './filter.ts'
import type { Scope } from './scope.ts'
import { atThatTime, rangeOf } from './times.ts'

/** An event, with its place in the chain as soon as it has one. */
export interface FoundEntry extends StoredEntry {
  readonly seq: number | null
  readonly actorName: ActorName
  /** Somebody wrote it past the rules of the table: what can be told of it is here, and no more. */
  readonly unreadable?: true
}

/**
 * How many rows one look goes through at most where a filter has parts that no index has together. A page may then be
 * short, or empty, and still lead on.
 */
export const LOOKED_THROUGH = 10_000

interface Look {
  readonly scope: Scope
  readonly filter: EventFilter
  readonly order: Order
  readonly after: EventId | undefined
  readonly limit: number
}

interface Looked {
  readonly found: readonly FoundEntry[]
  /** As far as was looked, where there may be more behind it. */
  readonly upTo: EventId | undefined
}

/**
 * By the id alone, never by OFFSET: what was skipped would be read. The LIMITs inside keep the planner from reading a table
 * whole to join it, or the log of a year for one page that it takes for likely.
 */
export async function look(tx: OrgTx | InstanceTx, { scope, filter, order, after, limit }: Look): Promise<Looked> {
  const direction = order === 'newest' ? sql`DESC` : sql`ASC`
  const { finding, rest } = planOf(filter, scope)
  const bounds = { range: rangeOf(filter, order, after), also: atThatTime(filter), direction }
  const wanted = limit + 1
  const found = rest.length === 0 ? idsOf(finding, bounds, wanted) : heldAgainst(finding, rest, bounds, wanted)
  const { rows } = await sql<Row>`
    WITH ${found}
    SELECT full_event.*, link.seq, link.actor_name, link.actor_name_sealed, edge.id AS edge
    FROM (SELECT (SELECT id FROM edge) AS id) edge LEFT JOIN found ON true
      LEFT JOIN LATERAL (SELECT ${sql.join(columns)} FROM events WHERE events.id = found.id LIMIT 1) full_event ON true
      LEFT JOIN LATERAL (
        SELECT seq, actor_name, actor_name_sealed FROM audit_chain WHERE audit_chain.event_id = found.id LIMIT 1
      ) link ON true
    ORDER BY found.id ${direction}`.execute(tx)
  const entries = rows.flatMap(foundIn)
  const shown = entries.slice(0, limit)
  const edge = rows[0]?.edge ?? null
  const isMore = rows.filter(isFound).length > limit
  const upTo = isMore ? shown.at(-1)?.id : edge === null ? undefined : eventId.fromUuid(edge)
  return { found: shown, upTo }
}

const columns = entryColumns.map((column) => sql.ref(column))

interface Bounds {
  readonly range: ReturnType<typeof rangeOf>
  readonly also: readonly Condition[]
  readonly direction: Sql
}

/** What the index finds is what was asked for: a page, and one more to know whether there is another. */
const idsOf = (finding: Finding, bounds: Bounds, most: number): Sql => sql`
  found AS (${inOrder(finding, bounds, most, sql`events.id`)}),
  edge AS (SELECT NULL::uuid AS id)`

const heldAgainst = (finding: Finding, rest: readonly Condition[], bounds: Bounds, most: number): Sql => sql`
  looked AS MATERIALIZED (
    SELECT events.*, row_number() OVER (ORDER BY events.id ${bounds.direction}) AS place FROM (
      ${inOrder(finding, bounds, LOOKED_THROUGH, LIGHT)}
    ) events
  ),
  found AS (SELECT events.id FROM looked events WHERE ${allOf(rest)} ORDER BY events.id ${bounds.direction} LIMIT ${most}),
  edge AS (SELECT id FROM looked WHERE place = ${LOOKED_THROUGH})`

/** What may be asked of a row. */
const LIGHT = sql`events.id, events.org_id, events.action, events.actor_kind, events.actor_id, events.target_kind,
  events.target_id, events.request_id`

function inOrder(finding: Finding, { range, also, direction }: Bounds, most: number, shown: Sql): Sql {
  const found = sql`SELECT ${shown} FROM events WHERE ${allOf([between(finding, range), ...also])}
    ORDER BY ${orderOf(finding, direction)} LIMIT ${most}`
  if (!finding.each) return found
  return sql`
    SELECT events.* FROM unnest(${finding.each}::text[]) AS one(value) CROSS JOIN LATERAL (${found}) events
    ORDER BY events.id ${direction} LIMIT ${most}`
}

type Row = { readonly [Column in keyof EntryRow]: EntryRow[Column] | null } & {
  readonly seq: string | null
  readonly actor_name: string | null
  readonly actor_name_sealed: Buffer | null
  readonly edge: string | null
}

const isFound = (row: Row): row is Row & EntryRow => row.id !== null

function foundIn(row: Row): FoundEntry[] {
  if (!isFound(row)) return []
  // Under such an id nobody could ask for it either.
  if (!eventId.is(`evt_${row.id.replaceAll('-', '')}`)) return []
  const { seq, actor_name, actor_name_sealed } = row
  return [
    {
      ...readable(row),
      seq: seq === null ? null : Number(seq),
      actorName: actor_name_sealed ? { sealed: actor_name_sealed } : actor_name,
    },
  ]
}

/** A page is shown, whatever one of its rows is: and that it is there is what whoever looks has to see. */
function readable(row: EntryRow): StoredEntry & Pick<FoundEntry, 'unreadable'> {
  try {
    return entryOf(row)
  } catch (error) {
    if (!(error instanceof UnreadableEntry)) throw error
    return {
      id: eventId.fromUuid(row.id),
      at: isTime(row.occurred_at) ? row.occurred_at : NO_TIME,
      organisation: null,
      action: row.action,
      actor: { kind: 'anonymous', id: null },
      target: { kind: row.target_kind, id: row.target_id },
      ...{ before: null, after: null, personal: null, origin: null, session: null, requestId: row.request_id },
      unreadable: true,
    }
  }
}

const NO_TIME = new Date(0)

export async function findEntry(tx: OrgTx | InstanceTx, id: EventId): Promise<FoundEntry | undefined> {
  const { rows } = await sql<Row>`
    SELECT ${sql.join(columns)}, seq, actor_name, actor_name_sealed, NULL AS edge
    FROM events LEFT JOIN audit_chain ON audit_chain.event_id = events.id
    WHERE events.id = ${eventId.toUuid(id)}::uuid`.execute(tx)
  return rows.flatMap(foundIn)[0]
}
