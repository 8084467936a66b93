import type { Db, Tx } from '../db/types.ts'
import { type MailId, mailId } from './mail.ts'
import { columns, type MailRow, toMail } from './store.ts'

/**
 * Erases a batch of what is too old. What has failed stays failed; a letter that somebody is sending at this moment is
 * left to them. Through `outbox_sealed_by_expiry`.
 */
export async function eraseExpired(tx: Tx, now: Date, limit: number): Promise<MailRow[]> {
  const due = await tx
    .selectFrom('outbox')
    .select(columns)
    .where('letter', 'is not', null)
    .where('expires_at', '<=', now)
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now)]))
    .orderBy('expires_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
  if (due.length === 0) return []
  await tx
    .updateTable('outbox')
    .set((eb) => ({
      recipient: null,
      letter: null,
      claimed_until: null,
      ended_at: eb.fn.coalesce('ended_at', eb.val(now)),
      state: eb.case().when('state', '=', 'queued').then('expired').else(eb.ref('state')).end(),
    }))
    .where(
      'id',
      'in',
      due.map(({ id }) => id),
    )
    .execute()
  return due.map(toMail)
}

/** Queued, and nobody seems to be about it: never tried, or not for long. */
export async function listForgotten(
  db: Db,
  when: { readonly untriedBefore: Date; readonly triedBefore: Date },
  limit: number,
): Promise<MailId[]> {
  const rows = await db
    .selectFrom('outbox')
    .select('id')
    .where('letter', 'is not', null)
    .where('state', '=', 'queued')
    .where((eb) =>
      eb.or([
        eb.and([eb('tried_at', 'is', null), eb('created_at', '<=', when.untriedBefore)]),
        eb('tried_at', '<=', when.triedBefore),
      ]),
    )
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => mailId.fromUuid(id))
}

/** Through `outbox_ended`. */
export async function deleteEnded(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('outbox').where('letter', 'is', null).where('ended_at', '<=', before).execute()
}
