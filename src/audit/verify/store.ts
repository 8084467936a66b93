import { decodeProtectedHeader } from 'jose'
import { sql } from 'kysely'
import { z } from 'zod'
import type { InstanceTx } from '../../db/transaction.ts'
import { NO_LINK } from '../chain/link.ts'
import type { Continued } from './reading.ts'

/** Its place among those who follow the chain: so retention waits for it as well, and evidence is not taken away. */
export const VERIFIED = 'verified'
/** When all of it was, and up to which signed head. Nobody waits for it. */
export const WHOLE = 'verified-whole'

interface VerifiedUpTo {
  readonly seq: number
  /** Where to go on; undefined where that head is gone, or says another hash than the chain: then all has to be read. */
  readonly head: Continued | undefined
  /** The head is, and with it the end of the log. */
  readonly isGone: boolean
}

/** Up to which signed head it was verified. */
export async function verifiedUpTo(tx: InstanceTx, name: string): Promise<VerifiedUpTo> {
  const row = await tx
    .selectFrom('audit_followers')
    .leftJoin('audit_checkpoints', 'audit_checkpoints.seq', 'audit_followers.seq')
    .leftJoin('audit_chain', 'audit_chain.seq', 'audit_followers.seq')
    .select(['audit_followers.seq', 'audit_checkpoints.hash', 'audit_checkpoints.jws', 'audit_chain.hash as chained'])
    .where('audit_followers.name', '=', name)
    .executeTakeFirst()
  const seq = Number(row?.seq ?? 0)
  if (seq === 0) return { seq, head: { seq, hash: NO_LINK }, isGone: false }
  if (!row?.hash || row.jws === null) return { seq, head: undefined, isGone: true }
  // A chain that was rebuilt, and that somebody has looked into, goes on from its own hash and not from the one that was signed.
  if (row.chained && !row.chained.equals(row.hash)) return { seq, head: undefined, isGone: false }
  return { seq, head: { seq, hash: row.hash, signedBy: kidOf(row.jws) }, isGone: false }
}

function kidOf(jws: string): string | undefined {
  try {
    return decodeProtectedHeader(jws).kid
  } catch {
    return undefined
  }
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

export const markWhole = (tx: InstanceTx, seq: number, at: Date): Promise<unknown> =>
  sql`
    INSERT INTO audit_followers (name, seq, moved_at) VALUES (${WHOLE}, ${seq}, ${at})
    ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, moved_at = excluded.moved_at`.execute(tx)

/**
 * To the last signed head before it whose link is still there; where there is none, to the beginning. What is in no place is
 * looked for each night anyway.
 */
export const goBackBefore = async (tx: InstanceTx, seq: number | undefined): Promise<unknown> =>
  seq !== undefined &&
  sql`
    UPDATE audit_followers SET seq = coalesce((
      SELECT max(head.seq) FROM audit_checkpoints head JOIN audit_chain link ON link.seq = head.seq
      WHERE head.seq < ${seq}), 0)
    WHERE name = ${VERIFIED} AND seq >= ${seq}`.execute(tx)

const said = z.object({
  wrong: z.string(),
  seq: z.number().nullable(),
  id: z.string().nullable(),
  detail: z.string(),
})

export interface Break extends z.infer<typeof said> {
  /** Where in the chain it was said; undefined where it is not in it yet. */
  readonly saidAt: number | undefined
}

/** By the chain and not by clocks: a night that found all right moved the place beyond where the break was said. */
export const isStanding = ({ saidAt }: Break, place: { readonly seq: number } | undefined): boolean =>
  saidAt === undefined || saidAt > (place?.seq ?? 0)

export async function newestBreak(tx: InstanceTx): Promise<Break | undefined> {
  const row = await tx
    .selectFrom('events')
    .leftJoin('audit_chain', 'audit_chain.event_id', 'events.id')
    .select(['audit_chain.seq', 'events.after'])
    .where('events.action', '=', 'audit.chain_broken')
    .where('events.actor_kind', '=', 'system')
    // By the chain: an id is what whoever wrote it made of the clock.
    .orderBy('audit_chain.seq', (order) => order.desc().nullsFirst())
    .orderBy('events.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const read = said.safeParse(row?.after)
  return row && read.success ? { ...read.data, saidAt: row.seq === null ? undefined : Number(row.seq) } : undefined
}
