import { sql } from 'kysely'
import { type AlertRule, alertRules } from '../../config/sections/alerts.ts'
import type { InstanceTx } from '../../db/transaction.ts'
import { type AlertFields, alertFields } from '../alert.ts'
import { gravestFirst } from './gravity.ts'

export interface UntoldAlert extends AlertFields {
  readonly at: Date
  readonly seq: number
  /** In whose log it stands, by name. */
  readonly organisation: string | null
}

export interface Untold {
  /** The gravest first, of one rule the oldest. */
  readonly alerts: readonly UntoldAlert[]
  /** Of each rule, those that there are, also beyond the limit. */
  readonly counts: ReadonlyMap<AlertRule, number>
  /** Nothing behind it was looked at. */
  readonly upTo: number
}

/** Each rule has a place of its own: what is grave overtakes, and what it overtook is still to be told. */
const PREFIX = 'alert-letters-'
const placeOf = (rule: AlertRule): string => `${PREFIX}${rule}`

interface Asked {
  readonly rules: readonly AlertRule[]
  readonly at: Date
  readonly limit: number
}

/** The places are held until the transaction ends: of two letters at once the second has nothing to tell. */
export async function untoldAlerts(tx: InstanceTx, { rules, at, limit }: Asked): Promise<Untold> {
  const head = await sql<{ seq: string }>`SELECT seq FROM audit_head`.execute(tx)
  const upTo = Number(head.rows[0]?.seq ?? 0)
  const wanted = gravestFirst(rules)
  await beginPlaces(tx, wanted, upTo, at)
  await sql`SELECT FROM audit_followers WHERE name = ANY(${alertRules.map(placeOf)}::text[]) ORDER BY name FOR UPDATE`.execute(
    tx,
  )
  const untold = sql`
    FROM events e JOIN audit_chain c ON c.event_id = e.id
      JOIN audit_followers place ON place.name = ${PREFIX}::text || (e.after ->> 'rule')
    WHERE e.action = 'alert.raised' AND c.seq > place.seq AND c.seq <= ${upTo} AND e.after ->> 'rule' = ANY(${wanted}::text[])`
  const { rows } = await sql<{ seq: string; at: Date; after: unknown; organisation: string | null }>`
    SELECT c.seq, c.at, e.after, (SELECT name FROM organisations o WHERE o.id = e.org_id) AS organisation ${untold}
    ORDER BY array_position(${wanted}::text[], e.after ->> 'rule'), c.seq LIMIT ${limit}`.execute(tx)
  const counted = await sql<{ rule: AlertRule; count: string }>`
    SELECT e.after ->> 'rule' AS rule, count(*) AS count ${untold} GROUP BY 1`.execute(tx)
  const alerts = rows.flatMap(({ seq, at, after, organisation }) => {
    const fields = alertFields.safeParse(after)
    return fields.success ? [{ ...fields.data, at, seq: Number(seq), organisation }] : []
  })
  return { alerts, counts: new Map(counted.rows.map(({ rule, count }) => [rule, Number(count)])), upTo }
}

/** Where letters are written of a rule from now on, they begin with its first alert; where not, with what comes later. */
const beginPlaces = (tx: InstanceTx, rules: readonly AlertRule[], upTo: number, at: Date): Promise<unknown> =>
  sql`
    INSERT INTO audit_followers (name, seq, moved_at)
    SELECT ${PREFIX}::text || rule, CASE WHEN rule = ANY(${[...rules]}::text[]) THEN coalesce((
        SELECT min(c.seq) - 1 FROM audit_chain c JOIN events e ON e.id = c.event_id
        WHERE e.action = 'alert.raised' AND e.after ->> 'rule' = rule), ${upTo}) ELSE ${upTo} END, ${at}
    FROM unnest(${[...alertRules]}::text[]) AS rule
    ON CONFLICT (name) DO NOTHING`.execute(tx)

/** `unfinished`: of the rules that have more to tell, the last alert that was told, or nothing where none was. */
export async function toldUpTo(
  tx: InstanceTx,
  { upTo, unfinished }: { readonly upTo: number; readonly unfinished: ReadonlyMap<AlertRule, number | undefined> },
  at: Date,
): Promise<void> {
  const move = (names: readonly string[], seq: number) =>
    sql`UPDATE audit_followers SET seq = ${seq}, moved_at = ${at} WHERE name = ANY(${[...names]}::text[])`.execute(tx)
  await move(alertRules.filter((rule) => !unfinished.has(rule)).map(placeOf), upTo)
  for (const [rule, seq] of unfinished) if (seq !== undefined) await move([placeOf(rule)], seq)
}
