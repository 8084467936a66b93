import type { Db, Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { type StandsFor, standsForNames, type TrustedBrowserId, trustedBrowserId } from './trusted-browser.ts'

const userId = defineId('usr')

export interface TrustRow {
  readonly id: TrustedBrowserId
  readonly user: Id<'usr'>
  readonly tokenHash: Buffer
  readonly factor: StandsFor
  readonly device: Buffer
  readonly ip: Buffer
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly lastUsedAt: Date
}

/** The row's name, as a seal is bound to it. */
export const rowOf = (id: TrustedBrowserId): string => trustedBrowserId.toUuid(id)

const factorOf = (text: string): StandsFor => {
  const factor = standsForNames.find((name) => name === text)
  if (!factor) throw new TypeError(`no factor that a browser stands for: ${text}`)
  return factor
}

/** What still counts: whichever is over first, its own time or what the rule gives today to one so old. */
export interface Living {
  readonly now: Date
  readonly trustedAfter: Date
}

export async function insertTrust(tx: Tx, row: TrustRow): Promise<void> {
  await tx
    .insertInto('trusted_browsers')
    .values({
      id: rowOf(row.id),
      user_id: userId.toUuid(row.user),
      token_hash: row.tokenHash,
      factor: row.factor,
      device: row.device,
      ip: row.ip,
      created_at: row.createdAt,
      expires_at: row.expiresAt,
      last_used_at: row.lastUsedAt,
    })
    .execute()
}

/** By the unique index of (token_hash, user_id): a token of another person is no token. The youngest first. */
export async function findTrust(
  db: Db | Tx,
  user: Id<'usr'>,
  hashes: readonly Buffer[],
  { now, trustedAfter }: Living,
): Promise<StandsFor | undefined> {
  if (hashes.length === 0) return undefined
  const row = await db
    .selectFrom('trusted_browsers')
    .select('factor')
    .where('token_hash', 'in', [...hashes])
    .where('user_id', '=', userId.toUuid(user))
    .where('expires_at', '>', now)
    .where('created_at', '>', trustedAfter)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row && factorOf(row.factor)
}

/** False where there is none. */
export async function touchTrust(tx: Tx, user: Id<'usr'>, hashes: readonly Buffer[], at: Date): Promise<boolean> {
  if (hashes.length === 0) return false
  const { numUpdatedRows } = await tx
    .updateTable('trusted_browsers')
    .set({ last_used_at: at })
    .where('token_hash', 'in', [...hashes])
    .where('user_id', '=', userId.toUuid(user))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** By `trusted_browsers_of_user`; the youngest first. */
export async function listTrusts(db: Db, user: Id<'usr'>, { now, trustedAfter }: Living): Promise<TrustRow[]> {
  const rows = await db
    .selectFrom('trusted_browsers')
    .selectAll()
    .where('user_id', '=', userId.toUuid(user))
    .where('expires_at', '>', now)
    .where('created_at', '>', trustedAfter)
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({
    id: trustedBrowserId.fromUuid(row.id),
    user: userId.fromUuid(row.user_id),
    tokenHash: row.token_hash,
    factor: factorOf(row.factor),
    device: row.device,
    ip: row.ip,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }))
}

/** False for one that is somebody else's, or gone. */
export async function deleteTrust(tx: Tx, user: Id<'usr'>, id: TrustedBrowserId): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('trusted_browsers')
    .where('id', '=', rowOf(id))
    .where('user_id', '=', userId.toUuid(user))
    .executeTakeFirst()
  return numDeletedRows === 1n
}

export async function deleteTrustsOf(tx: Tx, user: Id<'usr'>): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('trusted_browsers')
    .where('user_id', '=', userId.toUuid(user))
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** By `trusted_browsers_by_expiry`; in batches, so that no transaction is long. */
export async function deleteExpired(
  tx: Tx,
  now: Date,
  batch: number,
): Promise<{ readonly id: TrustedBrowserId; readonly user: Id<'usr'> }[]> {
  const rows = await tx
    .deleteFrom('trusted_browsers')
    .where(
      'id',
      'in',
      tx.selectFrom('trusted_browsers').select('id').where('expires_at', '<=', now).orderBy('expires_at').limit(batch),
    )
    .returning(['id', 'user_id'])
    .execute()
  return rows.map((row) => ({ id: trustedBrowserId.fromUuid(row.id), user: userId.fromUuid(row.user_id) }))
}
