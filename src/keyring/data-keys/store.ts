import { sql } from 'kysely'
import type { Db, Tx } from '../../db/types.ts'
import { type DataKeyRow, dataKeyRow, type Purpose } from './data-key.ts'

const columns = ['id', 'purpose', 'version', 'state', 'master_id', 'wrapped', 'created_at', 'retiring_since'] as const

export async function listDataKeys(db: Db): Promise<DataKeyRow[]> {
  const rows = await db.selectFrom('data_keys').select(columns).orderBy('purpose').orderBy('version').execute()
  return rows.map((row) => dataKeyRow.parse(row))
}

interface NewDataKey {
  readonly id: string
  readonly purpose: Purpose
  readonly version: number
  readonly master_id: string
  readonly wrapped: Buffer
  readonly created_at: Date
}

export async function insertCurrentDataKey(tx: Tx, key: NewDataKey): Promise<void> {
  await tx
    .insertInto('data_keys')
    .values({ ...key, state: 'current' })
    .execute()
}

export async function retireCurrentDataKey(tx: Tx, purpose: Purpose, at: Date): Promise<void> {
  await tx
    .updateTable('data_keys')
    .set({ state: 'retiring', retiring_since: at })
    .where('purpose', '=', purpose)
    .where('state', '=', 'current')
    .execute()
}

/** Answers false when another process was faster. */
export async function closeDataKey(tx: Tx, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('data_keys')
    .set({ state: 'closed' })
    .where('id', '=', id)
    .where('state', '=', 'retiring')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Answers false when another process was faster. */
export async function destroyDataKey(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('data_keys')
    .set({ state: 'destroyed', wrapped: null, destroyed_at: at })
    .where('id', '=', id)
    .where('state', '=', 'closed')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function rewrapDataKey(tx: Tx, id: string, masterId: string, wrapped: Buffer): Promise<void> {
  await tx.updateTable('data_keys').set({ wrapped, master_id: masterId }).where('id', '=', id).execute()
}

/** Rather later than in the queue of every writer: a long transaction elsewhere must not stop all sealing. */
export const limitLockWait = (tx: Tx): Promise<unknown> => sql`SET LOCAL lock_timeout = '2s'`.execute(tx)
