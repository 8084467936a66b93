import { sql } from 'kysely'
import { z } from 'zod'
import { statement } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import type { ArtifactKind } from './artifact.ts'

const userId = defineId('usr')

export interface ArtifactRow {
  readonly id_hash: Buffer
  readonly kind: ArtifactKind
  readonly grant_hash: Buffer | null
  readonly uid_hash: Buffer | null
  readonly user_id: string | null
  readonly client_id: string | null
  /** For which organisation a code or a refresh token was issued. */
  readonly org_id: string | null
  readonly payload: string
  readonly sealed: Buffer | null
  readonly created_at: Date
  readonly expires_at: Date
}

/** The engine saves what it has changed under the same id. What was consumed stays consumed. */
const putting = (count: number) =>
  statement<readonly ArtifactRow[], unknown>((db, part) =>
    db
      .insertInto('oidc_artifacts')
      .values(
        Array.from({ length: count }, (_, index) => {
          const row = part((rows) => rowAt(rows, index))
          return {
            id_hash: row.id_hash,
            kind: row.kind,
            grant_hash: row.grant_hash,
            uid_hash: row.uid_hash,
            user_id: row.user_id,
            client_id: row.client_id,
            org_id: row.org_id,
            payload: row.payload,
            sealed: row.sealed,
            created_at: row.created_at,
            expires_at: row.expires_at,
          }
        }),
      )
      .onConflict((conflict) =>
        conflict.column('id_hash').doUpdateSet(({ ref }) => ({
          payload: ref('excluded.payload'),
          sealed: ref('excluded.sealed'),
          expires_at: ref('excluded.expires_at'),
          uid_hash: ref('excluded.uid_hash'),
          grant_hash: ref('excluded.grant_hash'),
          user_id: ref('excluded.user_id'),
        })),
      ),
  )

const rowAt = (rows: readonly ArtifactRow[], index: number): ArtifactRow => {
  const row = rows[index]
  if (!row) throw new RangeError(`there is no row ${index}`)
  return row
}

/** By how many rows: a request of the engine saves three at most. */
const puts = new Map<number, ReturnType<typeof putting>>()

export async function putArtifacts(db: Db, rows: readonly ArtifactRow[]): Promise<void> {
  const put = puts.get(rows.length) ?? putting(rows.length)
  puts.set(rows.length, put)
  await put(db, rows)
}

const replacing = statement<ArtifactRow, unknown>((db, part) => {
  const { id_hash, payload, sealed, expires_at } = part((row) => row)
  return db.updateTable('oidc_artifacts').set({ payload, sealed, expires_at }).where('id_hash', '=', id_hash)
})

/** What was there before, as it is now. False, and nothing is kept, when it has gone meanwhile. */
export const replaceArtifact = async (db: Db, row: ArtifactRow): Promise<boolean> =>
  (await replacing(db, row)).count === 1

const extending = statement<{ grantHash: Buffer; until: Date; exp: number }, unknown>((db, part) => {
  const { grantHash, until, exp } = part((values) => values)
  return db
    .updateTable('oidc_artifacts')
    .set({ expires_at: until, payload: sql`jsonb_set(payload, '{exp}', to_jsonb(${exp}::bigint))` })
    .where('id_hash', '=', grantHash)
    .where('expires_at', '<', until)
})

/** A grant lives as long as what it carries: a refresh token that was renewed takes it along. */
export const extendGrant = (db: Db, grantHash: Buffer, until: Date): Promise<unknown> =>
  extending(db, { grantHash, until, exp: Math.floor(until.getTime() / 1000) })

const columns = ['id_hash', 'payload', 'sealed', 'consumed_at', 'org_id'] as const
export interface FoundArtifact {
  readonly id_hash: Buffer
  readonly payload: unknown
  readonly sealed: Buffer | null
  readonly consumed_at: Date | null
  readonly org_id: string | null
}

const finding = statement<{ idHash: Buffer }, FoundArtifact>((db, part) =>
  db
    .selectFrom('oidc_artifacts')
    .select(columns)
    .where('id_hash', '=', part((values) => values).idHash),
)

/** By the primary key. */
export const findArtifact = async (db: Db, idHash: Buffer): Promise<FoundArtifact | undefined> =>
  (await finding(db, { idHash })).rows[0]

const findingByUid = statement<{ uidHash: Buffer }, FoundArtifact>((db, part) =>
  db
    .selectFrom('oidc_artifacts')
    .select(columns)
    .where('uid_hash', '=', part((values) => values).uidHash)
    .orderBy('created_at', 'desc')
    .limit(1),
)

/** By oidc_artifacts_by_uid; of two tabs that renewed one session at once, the later. */
export const findArtifactByUid = async (db: Db, uidHash: Buffer): Promise<FoundArtifact | undefined> =>
  (await findingByUid(db, { uidHash })).rows[0]

const consuming = statement<{ idHash: Buffer; at: Date }, unknown>((db, part) => {
  const { idHash, at } = part((values) => values)
  return db
    .updateTable('oidc_artifacts')
    .set({ consumed_at: at })
    .where('id_hash', '=', idHash)
    .where('consumed_at', 'is', null)
})

/** Compare-and-set: of all who try at once, on any instance, one is told true. */
export const consumeArtifact = async (tx: Tx, idHash: Buffer, at: Date): Promise<boolean> =>
  (await consuming(tx, { idHash, at })).count === 1

/** The same as part of a statement that goes on with whose it was, and for which organisation. */
export const consumption = (idHash: Buffer, at: Date) => sql<{ readonly org_id: string; readonly member_id: string }>`
  UPDATE oidc_artifacts SET consumed_at = ${at} WHERE id_hash = ${idHash} AND consumed_at IS NULL
  RETURNING org_id, user_id AS member_id`

/** Which grant something belongs to that was used up before. */
export async function grantOfArtifact(db: Db, idHash: Buffer): Promise<string | undefined> {
  const row = await db
    .selectFrom('oidc_artifacts')
    .select(sql<string | null>`payload->>'grantId'`.as('grant_id'))
    .where('id_hash', '=', idHash)
    .executeTakeFirst()
  return row?.grant_id ?? undefined
}

export const deleteArtifact = (db: Db, idHash: Buffer): Promise<unknown> =>
  db.deleteFrom('oidc_artifacts').where('id_hash', '=', idHash).execute()

export interface RevokedGrant {
  readonly userId: string | null
  readonly clientId: string | null
}

/** Everything that came of one grant, and the grant itself; undefined when it was gone before. */
export async function deleteGrant(tx: Tx, grantHash: Buffer): Promise<RevokedGrant | undefined> {
  const rows = await tx
    .deleteFrom('oidc_artifacts')
    .where('grant_hash', '=', grantHash)
    .returning(['kind', 'user_id', 'client_id'])
    .execute()
  const grant = rows.find(({ kind }) => kind === 'Grant')
  return grant && { userId: grant.user_id, clientId: grant.client_id }
}

/**
 * By oidc_artifacts_of_user. Answers the clients, one for each grant. What a refresh under way writes after this finds its
 * grant gone and comes to nothing.
 */
export async function deleteGrantsOf(tx: Tx, user: Id<'usr'>): Promise<string[]> {
  const rows = await tx
    .deleteFrom('oidc_artifacts')
    .where('grant_hash', 'in', (grants) =>
      grants
        .selectFrom('oidc_artifacts')
        .select('id_hash')
        .where('user_id', '=', userId.toUuid(user))
        .where('kind', '=', 'Grant'),
    )
    .returning(['kind', 'client_id'])
    .execute()
  return rows.flatMap(({ kind, client_id }) => (kind === 'Grant' && client_id !== null ? [client_id] : []))
}

const authorizations = z.record(z.string(), z.looseObject({ grantId: z.string().optional() }))

/** By oidc_artifacts_of_user: the engine's session knows what was granted in it. */
export async function grantsOfSession(
  tx: Tx,
  { user, session }: { readonly user: Id<'usr'>; readonly session: Id<'ses'> },
): Promise<string[]> {
  const rows = await tx
    .selectFrom('oidc_artifacts')
    .select(sql<unknown>`payload->'authorizations'`.as('authorizations'))
    .where('user_id', '=', userId.toUuid(user))
    .where('kind', '=', 'Session')
    .where(sql<string>`payload->>'hearthkeySession'`, '=', session)
    .execute()
  const found = rows.flatMap((row) => Object.values(authorizations.catch({}).parse(row.authorizations)))
  return [...new Set(found.flatMap(({ grantId }) => grantId ?? []))]
}

export interface LiveGrant {
  readonly userId: string | null
  readonly clientId: string | null
  /** The scopes about the person, as one text. */
  readonly scope: string
}

/** By the primary key: the grant's row has the grant's hash as its own. */
export async function findLiveGrant(db: Db, grantHash: Buffer, now: Date): Promise<LiveGrant | undefined> {
  const row = await db
    .selectFrom('oidc_artifacts')
    .select(['user_id', 'client_id', sql<string | null>`payload->'openid'->>'scope'`.as('scope')])
    .where('id_hash', '=', grantHash)
    .where('kind', '=', 'Grant')
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row && { userId: row.user_id, clientId: row.client_id, scope: row.scope ?? '' }
}

/** In batches, so that no transaction is long; by oidc_artifacts_by_expiry. */
export async function deleteExpired(db: Db, before: Date, batch: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('oidc_artifacts')
    .where(
      'id_hash',
      'in',
      db
        .selectFrom('oidc_artifacts')
        .select('id_hash')
        .where('expires_at', '<', before)
        .orderBy('expires_at')
        .limit(batch)
        .forUpdate()
        .skipLocked(),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
