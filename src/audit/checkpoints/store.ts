import { sql } from 'kysely'
import type { InstanceTx } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Head } from '../chain/head.ts'
import type { Checkpoint } from './checkpoint.ts'

const columns = [
  'audit_checkpoints.seq',
  'first_seq',
  'hash',
  'at',
  'last_at',
  'jws',
  'pruned_at',
  'audit_keys.kid',
] as const

const checkpointsOf = (db: Db) =>
  db.selectFrom('audit_checkpoints').innerJoin('audit_keys', 'audit_keys.id', 'key_id').select(columns)

/** In their order, those behind `after`. */
export async function listCheckpoints(
  db: Db,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Checkpoint[]> {
  const behind = checkpointsOf(db).where('audit_checkpoints.seq', '>', String(after))
  return (await behind.orderBy('audit_checkpoints.seq').limit(limit).execute()).map(checkpointOf)
}

export async function lastCheckpoint(db: Db): Promise<Checkpoint | undefined> {
  const row = await checkpointsOf(db).orderBy('audit_checkpoints.seq', 'desc').limit(1).executeTakeFirst()
  return row && checkpointOf(row)
}

type Row = Awaited<ReturnType<ReturnType<typeof checkpointsOf>['executeTakeFirstOrThrow']>>

const checkpointOf = ({ seq, first_seq, hash, at, last_at, kid, jws, pruned_at }: Row): Checkpoint => ({
  seq: Number(seq),
  firstSeq: Number(first_seq),
  hash,
  at,
  lastAt: last_at,
  kid,
  jws,
  prunedAt: pruned_at,
})

export const findHead = async (tx: InstanceTx): Promise<Head> => {
  const { seq, hash } = await tx.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow()
  return { seq: Number(seq), hash }
}

/** When the latest event of a segment happened: the order of the chain is not that of time. */
export async function latestWithin(tx: InstanceTx, first: number, last: number): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    SELECT max(at) AS at FROM audit_chain WHERE seq BETWEEN ${first} AND ${last}`.execute(tx)
  return rows[0]?.at ?? undefined
}

interface NewCheckpoint extends Pick<Checkpoint, 'seq' | 'firstSeq' | 'hash' | 'at' | 'lastAt' | 'jws'> {
  readonly key: string
}

export const insertCheckpoint = (tx: InstanceTx, { seq, firstSeq, hash, at, lastAt, jws, key }: NewCheckpoint) =>
  tx
    .insertInto('audit_checkpoints')
    .values({ seq: String(seq), first_seq: String(firstSeq), hash, at, last_at: lastAt, jws, key_id: key })
    .execute()
