import { sql } from 'kysely'
import { plainRead } from '../../db/plain-read.ts'
import { statement } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { ArtifactKind } from './artifact.ts'

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
  /** Of a grant, code or refresh token: the sign-in that it was given in. One that is not known takes none away. */
  readonly session_id?: string | null
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
            session_id: row.session_id ?? null,
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
          session_id: sql`coalesce(excluded.session_id, oidc_artifacts.session_id)`,
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
  const { id_hash, user_id, payload, sealed, expires_at } = part((row) => row)
  return db.updateTable('oidc_artifacts').set({ user_id, payload, sealed, expires_at }).where('id_hash', '=', id_hash)
})

/** What was there before, as it is now. False, and nothing is kept, when it has gone meanwhile. */
export const replaceArtifact = async (db: Db, row: ArtifactRow): Promise<boolean> =>
  (await replacing(db, row)).count === 1

const saving = statement<ArtifactRow, unknown>((db, part) => {
  const { id_hash, payload, expires_at, session_id } = part((row) => ({ ...row, session_id: row.session_id ?? null }))
  return db
    .updateTable('oidc_artifacts')
    .set({ payload, expires_at, session_id: sql`coalesce(${session_id}::uuid, session_id)` })
    .where('id_hash', '=', id_hash)
})

/** The same for a grant: in which sign-in it was used last is said where it is known. */
export const saveGrant = async (db: Db, row: ArtifactRow): Promise<boolean> => (await saving(db, row)).count === 1

const holding = statement<{ idHash: Buffer }, unknown>((db, part) => {
  const { idHash } = part((values) => values)
  return db
    .selectFrom('oidc_artifacts')
    .select('id_hash')
    .where('id_hash', '=', (of) =>
      of.selectFrom('oidc_artifacts as own').select('own.grant_hash').where('own.id_hash', '=', idHash),
    )
    .forNoKeyUpdate()
})

/**
 * The grant of a code or token, before the code or token itself: whoever ends a grant goes in this order, and of two that go
 * against one another the database would throw one out, mostly the one that ends.
 */
export const holdGrantOf = (tx: Tx, idHash: Buffer): Promise<unknown> => holding(tx, { idHash })

const extending = statement<{ grantHash: Buffer; until: Date; exp: number }, unknown>((db, part) => {
  const { grantHash, until, exp } = part((values) => values)
  return db
    .updateTable('oidc_artifacts')
    .set({ expires_at: until, payload: sql`jsonb_set(payload, '{exp}', to_jsonb(${exp}::bigint))` })
    .where('id_hash', '=', grantHash)
    .where('expires_at', '<', until)
})

const binding = statement<{ grantHash: Buffer; session: string }, unknown>((db, part) => {
  const { grantHash, session } = part((values) => values)
  return db
    .updateTable('oidc_artifacts')
    .set({ session_id: session })
    .where('id_hash', '=', grantHash)
    .where('session_id', 'is distinct from', session)
})

/** In which sign-in a grant was used last: what ends with that. */
export const bindGrant = (db: Db, grantHash: Buffer, session: string): Promise<unknown> =>
  binding(db, { grantHash, session })

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

/** Whose something is, as a part of another statement. */
export const userOfArtifact = (idHash: Buffer) =>
  plainRead(sql<string>`(SELECT user_id FROM oidc_artifacts WHERE id_hash = ${idHash})`)

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

const deleting = statement<{ idHash: Buffer }, unknown>((db, part) =>
  db.deleteFrom('oidc_artifacts').where('id_hash', '=', part((values) => values).idHash),
)

export const deleteArtifact = (db: Db, idHash: Buffer): Promise<unknown> => deleting(db, { idHash })

export interface RevokedGrant {
  readonly userId: string | null
  readonly clientId: string | null
}

/**
 * Everything that came of one grant, and the grant itself; undefined when it was gone before. A refresh that is under way holds the
 * grant's row: it is waited for first, so that what it writes is found as well.
 */
export async function deleteGrant(tx: Tx, grantHash: Buffer): Promise<RevokedGrant | undefined> {
  const [, rows] = await Promise.all([
    tx.selectFrom('oidc_artifacts').select('kind').where('id_hash', '=', grantHash).forUpdate().execute(),
    tx
      .deleteFrom('oidc_artifacts')
      .where('grant_hash', '=', grantHash)
      .returning(['kind', 'user_id', 'client_id'])
      .execute(),
  ])
  const grant = rows.find(({ kind }) => kind === 'Grant')
  return grant && { userId: grant.user_id, clientId: grant.client_id }
}
