import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'
import { type TotpId, totpId } from './totp.ts'

const userId = defineId('usr')

/** The row's name, as a seal is bound to it. */
export const rowOf = (id: TotpId): string => totpId.toUuid(id)

export interface TotpRow {
  readonly id: TotpId
  readonly name: Buffer
  readonly secret: Buffer
  readonly lastStep: number
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

const columns = ['id', 'name', 'secret', 'last_step', 'created_at', 'last_used_at'] as const

interface Selected {
  readonly id: string
  readonly name: Buffer
  readonly secret: Buffer
  readonly last_step: string
  readonly created_at: Date
  readonly last_used_at: Date | null
}

const toRow = (row: Selected): TotpRow => ({
  id: totpId.fromUuid(row.id),
  name: row.name,
  secret: row.secret,
  lastStep: Number(row.last_step),
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})

/** By `totp_authenticators_of_user`; the oldest first. */
export async function findTotpsOf(db: Db, user: UserId): Promise<TotpRow[]> {
  const rows = await db
    .selectFrom('totp_authenticators')
    .select(columns)
    .where('user_id', '=', userId.toUuid(user))
    .orderBy('id')
    .execute()
  return rows.map(toRow)
}

interface NewTotp extends Omit<TotpRow, 'lastUsedAt'> {
  readonly user: UserId
}

export async function insertTotp(tx: Tx, { id, user, name, secret, lastStep, createdAt }: NewTotp): Promise<void> {
  await tx
    .insertInto('totp_authenticators')
    .values({
      id: totpId.toUuid(id),
      user_id: userId.toUuid(user),
      name,
      secret,
      last_step: lastStep,
      created_at: createdAt,
    })
    .execute()
}

/** Compare-and-set: of many with one code, the first moves the step on, and the others find it moved. */
export async function moveStepOn(tx: Tx, id: TotpId, step: number, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('totp_authenticators')
    .set({ last_step: step, last_used_at: at })
    .where('id', '=', totpId.toUuid(id))
    .where('last_step', '<', String(step))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

interface Which {
  readonly user: UserId
  readonly id: TotpId
}

/** Until the transaction ends; undefined for one of somebody else. */
export async function lockTotp(tx: Tx, { user, id }: Which): Promise<TotpRow | undefined> {
  const row = await tx
    .selectFrom('totp_authenticators')
    .select(columns)
    .where('id', '=', totpId.toUuid(id))
    .where('user_id', '=', userId.toUuid(user))
    .forUpdate()
    .executeTakeFirst()
  return row && toRow(row)
}

export async function updateName(tx: Tx, id: TotpId, name: Buffer): Promise<void> {
  await tx.updateTable('totp_authenticators').set({ name }).where('id', '=', totpId.toUuid(id)).execute()
}

interface Later {
  readonly since: Date
  /** Younger or not. */
  readonly id?: TotpId
}

export async function deleteLaterTotps(tx: Tx, user: UserId, { since, id }: Later): Promise<TotpRow[]> {
  const rows = await tx
    .deleteFrom('totp_authenticators')
    .where('user_id', '=', userId.toUuid(user))
    .where(({ eb, or }) =>
      or([eb('created_at', '>=', since), ...(id === undefined ? [] : [eb('id', '=', totpId.toUuid(id))])]),
    )
    .returning(columns)
    .execute()
  return rows.map(toRow)
}

/** All of them where none is named. */
export async function deleteTotps(tx: Tx, user: UserId, id?: TotpId): Promise<TotpRow[]> {
  const rows = await tx
    .deleteFrom('totp_authenticators')
    .where('user_id', '=', userId.toUuid(user))
    .$if(id !== undefined, (query) => query.where('id', '=', id === undefined ? '' : totpId.toUuid(id)))
    .returning(columns)
    .execute()
  return rows.map(toRow)
}
