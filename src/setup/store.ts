import type { Db, Tx } from '../db/types.ts'
import { defineId } from '../lib/ids.ts'
import type { UserId } from '../users/user.ts'
import { type SetupLinkId, setupLinkId } from './link.ts'

const userId = defineId('usr')

/** The first who ever was, gone or not. */
export async function findFirstAdministrator(db: Db): Promise<UserId | undefined> {
  const row = await db.selectFrom('first_administrator').select('user_id').executeTakeFirst()
  return row && userId.fromUuid(row.user_id)
}

interface NewLink {
  readonly id: SetupLinkId
  readonly hash: Buffer
  readonly at: Date
  readonly expiresAt: Date
}

interface Replaces {
  /** False leaves one alone that still opens. */
  readonly live: boolean
}

/** There is room for one: it takes the place of the one before. False when it may not. */
export async function putLink(tx: Tx, { id, hash, at, expiresAt }: NewLink, replaces: Replaces): Promise<boolean> {
  const link = { id: setupLinkId.toUuid(id), token_hash: hash, issued_at: at, expires_at: expiresAt }
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('setup_link')
    .values(link)
    .onConflict((conflict) => {
      const update = conflict.column('the_only').doUpdateSet(link)
      return replaces.live ? update : update.where('setup_link.expires_at', '<=', at)
    })
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** When, and until when. */
export async function findLinkTimes(db: Db): Promise<{ issuedAt: Date; expiresAt: Date } | undefined> {
  const row = await db.selectFrom('setup_link').select(['issued_at', 'expires_at']).executeTakeFirst()
  return row && { issuedAt: row.issued_at, expiresAt: row.expires_at }
}

export async function isLive(db: Db, hash: Buffer, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('setup_link')
    .select('id')
    .where('token_hash', '=', hash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row !== undefined
}

/** Once: of many at the same moment, the others wait for the first and then find nothing. */
export async function consumeLink(tx: Tx, hash: Buffer, now: Date): Promise<SetupLinkId | undefined> {
  const row = await tx
    .deleteFrom('setup_link')
    .where('token_hash', '=', hash)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst()
  return row && setupLinkId.fromUuid(row.id)
}
