import { sql } from 'kysely'
import type { InstanceTx } from '../db/transaction.ts'
import { sha256 } from '../lib/hash.ts'
import { defineId } from '../lib/ids.ts'
import { lowestUuidAt, NEAR_ITS_TIME_MS } from '../lib/ids-in-order.ts'
import type { SeenEvent } from './ports.ts'
import type { Questions } from './rules.ts'

const eventId = defineId('evt')

/** Enough to compare with any limit; an identity under attack has thousands. */
const MOST_COUNTED = 1001

/** By events_by_target: the newest of one identity, up to this one; and no further back than counts, which may be years. */
export const failuresWithin =
  (tx: InstanceTx, withinMs: number): Questions['failuresUpTo'] =>
  async ({ id, at, target }: SeenEvent) => {
    const { rows } = await sql<{ count: string }>`
      SELECT count(*) AS count FROM (
        SELECT FROM events
        WHERE target_kind = ${target.kind} AND target_id = ${target.id} AND id <= ${eventId.toUuid(id)}::uuid
          AND id >= ${lowestUuidAt(new Date(at.getTime() - withinMs - NEAR_ITS_TIME_MS))}::uuid
          AND action IN ('sign_in.failed', 'second_factor.failed', 'step_up.failed')
          AND occurred_at > ${new Date(at.getTime() - withinMs)} AND occurred_at <= ${at}
        ORDER BY id DESC LIMIT ${MOST_COUNTED}
      ) failures`.execute(tx)
    return Number(rows[0]?.count ?? 0)
  }

/** By events_by_action. */
export async function someKeyEnded(tx: InstanceTx): Promise<boolean> {
  const { rows } = await sql`
    SELECT id FROM events WHERE action IN ('key.retired', 'key.revoked') LIMIT 1`.execute(tx)
  return rows.length > 0
}

/** Clocks of instances differ by so much; what was raised later than that, was raised by one that was ahead. */
const BELIEVED_MS = 5 * 60_000

/**
 * True when nothing was said of it for a while: then it is to be said, and is quiet for a while again. What is yet to come keeps
 * nobody quiet until then.
 */
export async function beginQuiet(
  tx: InstanceTx,
  { rule, about }: { readonly rule: string; readonly about: string },
  { at, until, now }: { readonly at: Date; readonly until: Date; readonly now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO alert_states (rule, subject, raised_at, quiet_until) VALUES (${rule}, ${bounded(about)}, ${at}, ${until})
    ON CONFLICT (rule, subject) DO UPDATE SET raised_at = excluded.raised_at, quiet_until = excluded.quiet_until
      WHERE alert_states.quiet_until <= ${at} OR alert_states.raised_at > ${new Date(now.getTime() + BELIEVED_MS)}
    RETURNING rule`.execute(tx)
  return rows.length > 0
}

/** As long as the column. Whoever chooses what it is called must not stop all alerts by its length. */
const bounded = (about: string): string => (about.length <= 200 ? about : `sha256:${sha256(about).toString('hex')}`)
