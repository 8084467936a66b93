import { sql } from 'kysely'
import type { InstanceTx } from '../db/transaction.ts'
import { sha256 } from '../lib/hash.ts'
import { defineId } from '../lib/ids.ts'
import type { SeenEvent } from './ports.ts'
import type { Questions } from './rules.ts'

const eventId = defineId('evt')

/** Enough to compare with any limit; an identity under attack has thousands. */
const MOST_COUNTED = 1001

/** By events_by_target: the newest of one identity, up to this one. */
export const failuresWithin =
  (tx: InstanceTx, withinMs: number): Questions['failuresUpTo'] =>
  async ({ id, at, target }: SeenEvent) => {
    const { rows } = await sql<{ count: string }>`
      SELECT count(*) AS count FROM (
        SELECT FROM events
        WHERE target_kind = ${target.kind} AND target_id = ${target.id} AND id <= ${eventId.toUuid(id)}::uuid
          AND action IN ('sign_in.failed', 'second_factor.failed', 'step_up.failed')
          AND occurred_at > ${new Date(at.getTime() - withinMs)} AND occurred_at <= ${at}
        ORDER BY id DESC LIMIT ${MOST_COUNTED}
      ) failures`.execute(tx)
    return Number(rows[0]?.count ?? 0)
  }

/** True when nothing was said of it for a while: then it is to be said, and is quiet for a while again. */
export async function beginQuiet(
  tx: InstanceTx,
  { rule, about }: { readonly rule: string; readonly about: string },
  at: Date,
  until: Date,
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO alert_states (rule, subject, raised_at, quiet_until) VALUES (${rule}, ${bounded(about)}, ${at}, ${until})
    ON CONFLICT (rule, subject) DO UPDATE SET raised_at = excluded.raised_at, quiet_until = excluded.quiet_until
      WHERE alert_states.quiet_until <= ${at}
    RETURNING rule`.execute(tx)
  return rows.length > 0
}

/** As long as the column. Whoever chooses what it is called must not stop all alerts by its length. */
const bounded = (about: string): string => (about.length <= 200 ? about : `sha256:${sha256(about).toString('hex')}`)
