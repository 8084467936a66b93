import { sql } from 'kysely'
import type { Db, Tx } from '../../db/types.ts'
import { type RegistrationToken, registrationTokenId } from './token.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly allows_programs: boolean
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly uses_left: number | null
  readonly revoked_at: Date | null
}

const columns = ['id', 'name', 'allows_programs', 'created_at', 'expires_at', 'uses_left', 'revoked_at'] as const

const tokenOf = (row: Row): RegistrationToken => ({
  id: registrationTokenId.fromUuid(row.id),
  name: row.name,
  allowsPrograms: row.allows_programs,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  usesLeft: row.uses_left,
  revokedAt: row.revoked_at,
})

export const insertToken = (tx: Tx, token: RegistrationToken, hash: Buffer): Promise<unknown> =>
  tx
    .insertInto('oidc_registration_tokens')
    .values({
      id: registrationTokenId.toUuid(token.id),
      name: token.name,
      token_hash: hash,
      allows_programs: token.allowsPrograms,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      uses_left: token.usesLeft,
    })
    .execute()

/** Newest first. */
export async function listTokens(db: Db, limit: number): Promise<RegistrationToken[]> {
  const rows = await db
    .selectFrom('oidc_registration_tokens')
    .select(columns)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(tokenOf)
}

const standing = (db: Db, hash: Buffer, now: Date) =>
  db
    .selectFrom('oidc_registration_tokens')
    .select(columns)
    .where('token_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .where((of) => of.or([of('expires_at', 'is', null), of('expires_at', '>', now)]))
    .where((of) => of.or([of('uses_left', 'is', null), of('uses_left', '>', 0)]))

/** By its hash, where it counts at this moment. */
export async function findStanding(db: Db, hash: Buffer, now: Date): Promise<RegistrationToken | undefined> {
  const row = await standing(db, hash, now).executeTakeFirst()
  return row && tokenOf(row)
}

/** One use of it, over all instances: false for whoever comes after the last. */
export async function takeUse(tx: Tx, hash: Buffer, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('oidc_registration_tokens')
    .set({ uses_left: sql`uses_left - 1` })
    .where('id', 'in', standing(tx, hash, now).clearSelect().select('id').forUpdate())
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** False where it was revoked before, or never was. */
export async function revokeToken(tx: Tx, uuid: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('oidc_registration_tokens')
    .set({ revoked_at: now })
    .where('id', '=', uuid)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
