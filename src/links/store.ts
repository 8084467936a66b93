import type { Db, Tx } from '../db/types.ts'
import { defineId } from '../lib/ids.ts'
import type { UserId } from '../users/user.ts'
import { type LinkId, type LinkPurpose, linkId } from './link.ts'

const userId = defineId('usr')

export interface LinkRow {
  readonly id: LinkId
  readonly person: UserId | undefined
  readonly sealed: Buffer | null
  readonly issuedAt: Date
  readonly expiresAt: Date
}

interface NewLink extends LinkRow {
  readonly purpose: LinkPurpose
  readonly tokenHash: Buffer
}

/** The row's name, as a seal is bound to it. */
export const rowOf = (id: LinkId): string => linkId.toUuid(id)

export async function insertLink(tx: Tx, link: NewLink): Promise<void> {
  await tx
    .insertInto('links')
    .values({
      id: linkId.toUuid(link.id),
      purpose: link.purpose,
      token_hash: link.tokenHash,
      user_id: link.person ? userId.toUuid(link.person) : null,
      data: link.sealed,
      issued_at: link.issuedAt,
      expires_at: link.expiresAt,
    })
    .execute()
}

const columns = ['id', 'user_id', 'data', 'issued_at', 'expires_at'] as const

interface Selected {
  readonly id: string
  readonly user_id: string | null
  readonly data: Buffer | null
  readonly issued_at: Date
  readonly expires_at: Date
}

const toRow = ({ id, user_id, data, issued_at, expires_at }: Selected): LinkRow => ({
  id: linkId.fromUuid(id),
  person: user_id === null ? undefined : userId.fromUuid(user_id),
  sealed: data,
  issuedAt: issued_at,
  expiresAt: expires_at,
})

/** By the unique index of `token_hash`. */
export async function findLink(
  db: Db,
  purpose: LinkPurpose,
  tokenHash: Buffer,
  now: Date,
): Promise<LinkRow | undefined> {
  const row = await db
    .selectFrom('links')
    .select(columns)
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row && toRow(row)
}

/** By `links_of_person`; the youngest first. */
export async function findLinksOf(db: Db, person: UserId, purpose: LinkPurpose, now: Date): Promise<LinkRow[]> {
  const rows = await db
    .selectFrom('links')
    .select(columns)
    .where('user_id', '=', userId.toUuid(person))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .orderBy('id', 'desc')
    .execute()
  return rows.map(toRow)
}

/** Once: of many at the same moment, the others wait for the first and then find nothing. */
export async function consumeLink(
  tx: Tx,
  purpose: LinkPurpose,
  tokenHash: Buffer,
  now: Date,
): Promise<LinkRow | undefined> {
  const row = await tx
    .deleteFrom('links')
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .returning(columns)
    .executeTakeFirst()
  return row && toRow(row)
}

/** By `links_of_person`. */
export async function deleteLinksOf(
  tx: Tx,
  person: UserId,
  purposes: readonly LinkPurpose[],
  { issuedAfter, issuedSince }: { issuedAfter?: Date | undefined; issuedSince?: Date | undefined } = {},
): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('links')
    .where('user_id', '=', userId.toUuid(person))
    .where('purpose', 'in', [...purposes])
    .where(({ eb, and }) =>
      and([
        ...(issuedAfter ? [eb('issued_at', '>', issuedAfter)] : []),
        ...(issuedSince ? [eb('issued_at', '>=', issuedSince)] : []),
      ]),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
