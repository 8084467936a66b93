import { sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import { beginPlace } from '../following/store.ts'
import type { Mark, StreamTarget } from './target.ts'

export interface Holder {
  /** Of this process, a UUID. */
  readonly by: string
  readonly until: Date
}

const nameOf = (target: StreamTarget['name']) => `stream-${target}`
const headsOf = (target: StreamTarget['name']) => `stream-${target}-heads`

/** Nobody promises so much: the clock of whoever did was wrong, and would keep everybody away until it is right. */
const BELIEVED_MS = 5 * 60_000
const beyondBelief = (now: Date): Date => new Date(now.getTime() + BELIEVED_MS)

/**
 * One process streams to a target. Not by a lock, which would be a transaction that stays open for as long as the process
 * runs: a promise to be back soon, which another may break when it was not kept. Should both stream for a moment, lines
 * leave twice, and none is lost.
 */
export async function holdPlace(
  tx: InstanceTx,
  target: StreamTarget['name'],
  { by, until }: Holder,
  now: Date,
): Promise<Mark | undefined> {
  for (const name of [nameOf(target), headsOf(target)]) await beginPlace(tx, { name, from: 'begun' }, now)
  const { rows } = await sql<{ entry: string; head: string }>`
    UPDATE audit_followers held SET held_by = ${by}, held_until = ${until}
    FROM audit_followers heads
    WHERE held.name = ${nameOf(target)} AND heads.name = ${headsOf(target)}
      AND (held.held_by IS NULL OR held.held_by = ${by} OR held.held_until < ${now} OR held.held_until > ${beyondBelief(now)})
    RETURNING held.seq AS entry, heads.seq AS head`.execute(tx)
  const [row] = rows
  return row && { entry: Number(row.entry), head: Number(row.head) }
}

export interface Standing {
  readonly entry: number
  readonly newest: number
}

/** Where the place is, whoever holds it, and where the log ends. */
export async function standingOf(tx: InstanceTx, target: StreamTarget['name']): Promise<Standing | undefined> {
  const { rows } = await sql<{ entry: string; newest: string }>`
    SELECT f.seq AS entry, h.seq AS newest FROM audit_followers f, audit_head h WHERE f.name = ${nameOf(target)}`.execute(
    tx,
  )
  const [row] = rows
  return row && { entry: Number(row.entry), newest: Number(row.newest) }
}

/** False where another process has taken over: it goes by its own place. */
export async function movePlace(
  tx: InstanceTx,
  target: StreamTarget['name'],
  { by }: Pick<Holder, 'by'>,
  { entry, head }: Mark,
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE audit_followers SET seq = ${entry}, moved_at = ${now}
    WHERE name = ${nameOf(target)} AND held_by = ${by}`.execute(tx)
  if (numAffectedRows !== 1n) return false
  await sql`UPDATE audit_followers SET seq = ${head}, moved_at = ${now} WHERE name = ${headsOf(target)}`.execute(tx)
  return true
}

export const leavePlace = (
  tx: InstanceTx,
  target: StreamTarget['name'],
  { by }: Pick<Holder, 'by'>,
): Promise<unknown> =>
  sql`UPDATE audit_followers SET held_by = NULL, held_until = NULL
    WHERE name = ${nameOf(target)} AND held_by = ${by}`.execute(tx)

/** A signed head, to be sent on. */
export interface Head {
  readonly seq: number
  readonly at: Date
  readonly jws: string
}

const HEADS_AT_ONCE = 50

export async function readHeads(tx: InstanceTx, after: number, upTo: number): Promise<Head[]> {
  const rows = await tx
    .selectFrom('audit_checkpoints')
    .select(['seq', 'at', 'jws'])
    .where('seq', '>', String(after))
    .where('seq', '<=', String(upTo))
    .orderBy('seq')
    .limit(HEADS_AT_ONCE)
    .execute()
  return rows.map(({ seq, ...head }) => ({ ...head, seq: Number(seq) }))
}
