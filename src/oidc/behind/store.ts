import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../db/types.ts'

/** Parts of a statement that say whether a person, or a session, still counts: whose rooms those are knows what that means. */
export interface Standing {
  readonly isActive: (user: RawBuilder<unknown>) => RawBuilder<boolean>
  readonly isLiving: (session: RawBuilder<unknown>) => RawBuilder<boolean>
}

export interface GrantBehind {
  readonly user_id: string | null
  readonly client_id: string | null
  readonly session_id: string | null
  /** The scopes about the person, as one text. */
  readonly scope: string | null
  readonly person_active: boolean
  /** The session that was named, or the grant's own where none was. */
  readonly session_living: boolean
}

const grantColumns = ({ isActive, isLiving }: Standing, session: RawBuilder<unknown>) => sql`
  grants.user_id, grants.client_id, grants.session_id, grants.payload->'openid'->>'scope' AS scope,
  ${isActive(sql.ref('grants.user_id'))} AS person_active, ${isLiving(session)} AS session_living`

/** One statement, by primary keys: the grant's row has the grant's hash as its own. */
export async function findGrantBehind(
  db: Db,
  standing: Standing,
  { grantHash, session, now }: { readonly grantHash: Buffer; readonly session: string | null; readonly now: Date },
): Promise<GrantBehind | undefined> {
  const named = sql`coalesce(${session}::uuid, grants.session_id)`
  const { rows } = await sql<GrantBehind>`
    SELECT ${grantColumns(standing, named)} FROM oidc_artifacts AS grants
    WHERE grants.id_hash = ${grantHash} AND grants.kind = 'Grant' AND grants.expires_at > ${now}`.execute(db)
  return rows[0]
}

export interface RefreshTokenBehind extends GrantBehind {
  readonly payload: unknown
  readonly org_id: string | null
}

/** The same for a refresh token, with what it says of itself. One that was used up or has expired is not found. */
export async function findRefreshTokenBehind(
  db: Db,
  standing: Standing,
  { idHash, now }: { readonly idHash: Buffer; readonly now: Date },
): Promise<RefreshTokenBehind | undefined> {
  const named = sql`coalesce(tokens.session_id, grants.session_id)`
  const { rows } = await sql<RefreshTokenBehind>`
    SELECT tokens.payload, tokens.org_id, ${grantColumns(standing, named)}
    FROM oidc_artifacts AS tokens
    JOIN oidc_artifacts AS grants ON grants.id_hash = tokens.grant_hash AND grants.kind = 'Grant'
    WHERE tokens.id_hash = ${idHash} AND tokens.kind = 'RefreshToken' AND tokens.consumed_at IS NULL
      AND tokens.expires_at > ${now} AND grants.expires_at > ${now}`.execute(db)
  return rows[0]
}
