import type { Db, Tx } from '../db/types.ts'
import { type MailId, type MailState, mailId } from './mail.ts'

/** One worker has it until then; answers the number of the attempt, by which this claim is known. */
export async function claimMail(db: Db, id: MailId, now: Date, until: Date): Promise<number | undefined> {
  const row = await db
    .updateTable('outbox')
    .set((eb) => ({ attempts: eb('attempts', '+', 1), claimed_until: until, tried_at: now }))
    .where('id', '=', mailId.toUuid(id))
    .where('state', '=', 'queued')
    .where('expires_at', '>', now)
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now)]))
    .returning('attempts')
    .executeTakeFirst()
  return row?.attempts
}

interface Ending {
  readonly state: Exclude<MailState, 'queued'>
  readonly at: Date
  readonly error?: string | undefined
  /** Only this attempt may say so: one that took over may be sending. Without it, whoever has it or nobody. */
  readonly attempt?: number | undefined
  /** For what the operator may try again. */
  readonly keepSealed?: boolean
}

/** With its state goes what it says. False where it has ended before, or belongs to another attempt. */
export async function endMail(tx: Tx, id: MailId, ending: Ending): Promise<boolean> {
  const { state, at, error = null, attempt, keepSealed = false } = ending
  const { numUpdatedRows } = await tx
    .updateTable('outbox')
    .set({
      state,
      ended_at: at,
      claimed_until: null,
      last_error: error,
      ...(!keepSealed && { recipient: null, letter: null }),
    })
    .where('id', '=', mailId.toUuid(id))
    .where('state', '=', 'queued')
    .$if(attempt !== undefined, (query) => query.where('attempts', '=', attempt ?? 0))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function releaseMail(db: Db, id: MailId, attempt: number, error: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ claimed_until: null, last_error: error })
    .where('id', '=', mailId.toUuid(id))
    .where('state', '=', 'queued')
    .where('attempts', '=', attempt)
    .execute()
}

/** Of what failed and is not erased yet. False for everything else. */
export async function requeueMail(tx: Tx, id: MailId, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('outbox')
    .set({ state: 'queued', ended_at: null })
    .where('id', '=', mailId.toUuid(id))
    .where('state', '=', 'failed')
    .where('letter', 'is not', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
