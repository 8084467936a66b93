import type { Db, Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { type FactorRecoveryId, factorRecoveryId } from './factor-recovery.ts'

const userId = defineId('usr')
const mailId = defineId('mal')

export interface RecoveryRow {
  readonly id: FactorRecoveryId
  readonly user: Id<'usr'>
  readonly verifiedBy: Buffer
  readonly method: Buffer
  /** Undefined: there is no mail, and somebody undertook to tell the person. */
  readonly letter: Id<'mal'> | undefined
  readonly createdAt: Date
  readonly usableAt: Date
  readonly expiresAt: Date
}

/** The row's name, as a seal is bound to it. */
export const rowOf = (id: FactorRecoveryId): string => factorRecoveryId.toUuid(id)

export async function insertRecovery(tx: Tx, row: RecoveryRow): Promise<void> {
  await tx
    .insertInto('factor_recoveries')
    .values({
      id: rowOf(row.id),
      user_id: userId.toUuid(row.user),
      verified_by: row.verifiedBy,
      method: row.method,
      letter: row.letter === undefined ? null : mailId.toUuid(row.letter),
      created_at: row.createdAt,
      usable_at: row.usableAt,
      expires_at: row.expiresAt,
    })
    .execute()
}

export interface OpenRecovery {
  readonly id: FactorRecoveryId
  /** That has to have left before it opens. */
  readonly letter: Id<'mal'> | undefined
  readonly usableAt: Date
  readonly expiresAt: Date
}

/** By `factor_recoveries_open_of_user`: there is one at most. Neither used nor stopped; it may be too old. */
export async function findOpen(db: Db | Tx, user: Id<'usr'>): Promise<OpenRecovery | undefined> {
  const row = await db
    .selectFrom('factor_recoveries')
    .select(['id', 'letter', 'usable_at', 'expires_at'])
    .where('user_id', '=', userId.toUuid(user))
    .where('stopped_at', 'is', null)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return (
    row && {
      id: factorRecoveryId.fromUuid(row.id),
      letter: row.letter === null ? undefined : mailId.fromUuid(row.letter),
      usableAt: row.usable_at,
      expiresAt: row.expires_at,
    }
  )
}

/** Compare-and-set: not before its time, not after it, and once. */
export async function markUsed(tx: Tx, id: FactorRecoveryId, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('factor_recoveries')
    .set({ used_at: now })
    .where('id', '=', rowOf(id))
    .where('stopped_at', 'is', null)
    .where('used_at', 'is', null)
    .where('usable_at', '<=', now)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Compare-and-set against the one that uses it. */
export async function markStopped(tx: Tx, id: FactorRecoveryId, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('factor_recoveries')
    .set({ stopped_at: now })
    .where('id', '=', rowOf(id))
    .where('stopped_at', 'is', null)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** What is over, however it ended: who looked at whom stays in the log of events. By `factor_recoveries_by_expiry`. */
export async function deleteOld(
  tx: Tx,
  expiredBefore: Date,
  batch: number,
): Promise<{ readonly id: FactorRecoveryId; readonly user: Id<'usr'>; readonly wasOpen: boolean }[]> {
  const rows = await tx
    .deleteFrom('factor_recoveries')
    .where(
      'id',
      'in',
      tx
        .selectFrom('factor_recoveries')
        .select('id')
        .where('expires_at', '<=', expiredBefore)
        .orderBy('expires_at')
        .limit(batch),
    )
    .returning(['id', 'user_id', 'stopped_at', 'used_at'])
    .execute()
  return rows.map(({ id, user_id, stopped_at, used_at }) => ({
    id: factorRecoveryId.fromUuid(id),
    user: userId.fromUuid(user_id),
    wasOpen: stopped_at === null && used_at === null,
  }))
}
