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

/** There is room for one: it takes the place of the one before. */
export async function putLink(tx: Tx, { id, hash, at, expiresAt }: NewLink): Promise<void> {
  const link = { id: setupLinkId.toUuid(id), token_hash: hash, issued_at: at, expires_at: expiresAt }
  await tx
    .insertInto('setup_link')
    .values(link)
    .onConflict((conflict) => conflict.column('the_only').doUpdateSet(link))
    .execute()
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
