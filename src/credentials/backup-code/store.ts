import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'

const userId = defineId('usr')
const LONG_AGO = new Date(0)

/** In the place of the ones before, used or not. Whoever replaces them at the same moment waits. */
export async function replaceCodes(tx: Tx, user: UserId, hashes: readonly Buffer[], at: Date): Promise<void> {
  const user_id = userId.toUuid(user)
  await tx
    .insertInto('backup_code_sets')
    .values({ user_id, created_at: at })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ created_at: at }))
    .execute()
  await tx.deleteFrom('backup_codes').where('user_id', '=', user_id).execute()
  await tx
    .insertInto('backup_codes')
    .values(hashes.map((code_hash) => ({ user_id, code_hash })))
    .execute()
}

/** Once: of many at the same moment, the others wait for the first and then find it used. */
export async function useCode(tx: Tx, user: UserId, hash: Buffer, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('backup_codes')
    .set({ used_at: at })
    .where('user_id', '=', userId.toUuid(user))
    .where('code_hash', '=', hash)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export interface BackupCodeStanding {
  readonly createdAt: Date
  /** That have not been used. */
  readonly left: number
  /** Of those that have been; null where none was. */
  readonly lastUsedAt: Date | null
}

export async function findStanding(db: Db, user: UserId): Promise<BackupCodeStanding | undefined> {
  const row = await db
    .selectFrom('backup_code_sets')
    .leftJoin('backup_codes', 'backup_codes.user_id', 'backup_code_sets.user_id')
    .select(({ fn }) => [
      'created_at',
      fn.count<string>('code_hash').filterWhere('used_at', 'is', null).as('left'),
      fn.max<Date | null>('used_at').as('last_used_at'),
    ])
    .where('backup_code_sets.user_id', '=', userId.toUuid(user))
    .groupBy('created_at')
    .executeTakeFirst()
  return row && { createdAt: row.created_at, left: Number(row.left), lastUsedAt: row.last_used_at }
}

/** With every code of it. */
export async function deleteSet(tx: Tx, user: UserId, since?: Date): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('backup_code_sets')
    .where('user_id', '=', userId.toUuid(user))
    .where('created_at', '>=', since ?? LONG_AGO)
    .executeTakeFirst()
  return numDeletedRows === 1n
}
