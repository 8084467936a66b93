import { z } from 'zod'
import type { InstanceTx } from '../../db/transaction.ts'
import { NO_LINK } from '../chain/link.ts'
import type { Continued } from './reading.ts'

/** Up to which signed head it was verified; `head` is undefined where that head is gone, and with it the end of the log. */
export async function verifiedUpTo(
  tx: InstanceTx,
  name: string,
): Promise<{ readonly seq: number; readonly head: Continued | undefined }> {
  const row = await tx
    .selectFrom('audit_followers')
    .leftJoin('audit_checkpoints', 'audit_checkpoints.seq', 'audit_followers.seq')
    .select(['audit_followers.seq', 'audit_checkpoints.hash'])
    .where('audit_followers.name', '=', name)
    .executeTakeFirst()
  const seq = Number(row?.seq ?? 0)
  if (seq === 0) return { seq, head: { seq, hash: NO_LINK } }
  return { seq, head: row?.hash ? { seq, hash: row.hash } : undefined }
}

/** Up to where and when it was looked at last; undefined before the first time. */
export async function lastVerified(
  tx: InstanceTx,
  name: string,
): Promise<{ readonly seq: number; readonly at: Date } | undefined> {
  const place = tx.selectFrom('audit_followers').select(['seq', 'moved_at']).where('name', '=', name)
  const row = await place.executeTakeFirst()
  return row && { seq: Number(row.seq), at: row.moved_at }
}

const said = z.object({
  wrong: z.string(),
  seq: z.number().nullable(),
  id: z.string().nullable(),
  detail: z.string(),
})

export interface Break extends z.infer<typeof said> {
  readonly at: Date
}

export async function newestBreak(tx: InstanceTx): Promise<Break | undefined> {
  const row = await tx
    .selectFrom('events')
    .leftJoin('audit_chain', 'audit_chain.event_id', 'events.id')
    .select(['events.occurred_at', 'events.after'])
    .where('events.action', '=', 'audit.chain_broken')
    .where('events.actor_kind', '=', 'system')
    // By the chain: an id is what whoever wrote it made of the clock.
    .orderBy('audit_chain.seq', (order) => order.desc().nullsFirst())
    .orderBy('events.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const read = said.safeParse(row?.after)
  return row && read.success ? { ...read.data, at: row.occurred_at } : undefined
}
