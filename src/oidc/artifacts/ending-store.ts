import { type ExpressionBuilder, sql } from 'kysely'
import type { DB } from '../../db/schema.gen.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')
const orgId = defineId('org')

/** A grant that is gone, with every code and token that came of it. */
export interface EndedGrant {
  /** As events name it. */
  readonly grantId: string
  readonly client: string
  readonly user: Id<'usr'> | undefined
  /** In which it was given. */
  readonly session: Id<'ses'> | null
  /** Earlier ones that stand in what came of it: it has moved since, and the application knows it by these. */
  readonly earlier: readonly Id<'ses'>[]
}

/** As a literal: the indexes are of grants alone, and a plan that is made once for all values could not know that it is one. */
const GRANT = sql.lit('Grant')

/** What was granted to go on when nobody is signed in. */
const isOffline = sql<boolean>`' ' || coalesce(payload->'openid'->>'scope', '') || ' ' LIKE '% offline_access %'`

/**
 * By the database's clock, to the microsecond, as its own text: whoever signs in is written by another machine, and by the clock of
 * that one a sign-in of a minute ago may lie ahead.
 */
export type Moment = string

export async function momentNow(db: Db): Promise<Moment> {
  const { rows } = await sql<{ now: Moment }>`SELECT clock_timestamp()::text AS now`.execute(db)
  const [row] = rows
  if (!row) throw new Error('a moment is always answered')
  return row.now
}

const bornBefore = (moment: Moment) => sql<boolean>`(born_at IS NULL OR born_at <= ${moment}::timestamptz)`

type Artifacts = ExpressionBuilder<DB, 'oidc_artifacts'>
type Grants = (eb: Artifacts) => ReturnType<Artifacts['and']>

/**
 * A refresh that is under way holds the row of its grant: that is waited for first, so that what it writes is found as well.
 * In one order, so that two who end the same do not wait for one another.
 */
async function holdGrants(tx: Tx, which: Grants, limit?: number): Promise<Buffer[]> {
  const rows = await tx
    .selectFrom('oidc_artifacts')
    .select('id_hash')
    .where('kind', '=', GRANT)
    .where(which)
    .orderBy('id_hash')
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .forUpdate()
    .execute()
  return rows.map(({ id_hash }) => id_hash)
}

const among = (hashes: readonly Buffer[]) => sql<Buffer>`ANY(${hashes}::bytea[])`

async function deleteWith(tx: Tx, grants: readonly Buffer[]): Promise<EndedGrant[]> {
  if (grants.length === 0) return []
  const rows = await tx
    .deleteFrom('oidc_artifacts')
    .where('grant_hash', '=', among(grants))
    .returning([
      'kind',
      'client_id',
      'user_id',
      'session_id',
      'grant_hash',
      sql<string | null>`payload->>'jti'`.as('grant_id'),
    ])
    .execute()
  const named = Map.groupBy(rows, ({ grant_hash }) => grant_hash?.toString('base64'))
  return rows.flatMap(({ kind, client_id, user_id, session_id, grant_hash, grant_id }) =>
    kind === 'Grant' && client_id !== null
      ? [
          {
            grantId: grant_id ?? '',
            client: client_id,
            user: user_id === null ? undefined : userId.fromUuid(user_id),
            session: session_id === null ? null : sessionId.fromUuid(session_id),
            earlier: [
              ...new Set((named.get(grant_hash?.toString('base64')) ?? []).map((row) => row.session_id)),
            ].flatMap((id) => (id === null || id === session_id ? [] : [sessionId.fromUuid(id)])),
          },
        ]
      : [],
  )
}

/** By oidc_artifacts_of_session. */
export const deleteGrantsIn = async (
  tx: Tx,
  session: Id<'ses'>,
  { keepsOffline }: { readonly keepsOffline: boolean },
): Promise<EndedGrant[]> =>
  deleteWith(
    tx,
    await holdGrants(tx, (eb) =>
      eb.and([eb('session_id', '=', sessionId.toUuid(session)), ...(keepsOffline ? [eb.not(isOffline)] : [])]),
    ),
  )

/** By oidc_artifacts_of_user; all but those of one session where one is to go on. */
export const deleteGrantsOf = async (tx: Tx, user: Id<'usr'>, except?: Id<'ses'>): Promise<EndedGrant[]> =>
  deleteWith(
    tx,
    await holdGrants(tx, (eb) =>
      eb.and([
        eb('user_id', '=', userId.toUuid(user)),
        ...(except ? [eb('session_id', 'is distinct from', sessionId.toUuid(except))] : []),
      ]),
    ),
  )

/** By oidc_artifacts_of_user: all that one client holds of one person. */
export const deleteGrantsFor = async (tx: Tx, user: Id<'usr'>, client: string): Promise<EndedGrant[]> =>
  deleteWith(
    tx,
    await holdGrants(tx, (eb) => eb.and([eb('user_id', '=', userId.toUuid(user)), eb('client_id', '=', client)])),
  )

/** By oidc_artifacts_of_client. With `before` whoever signs in anew meanwhile is left alone. */
export const deleteGrantsOfClient = async (
  tx: Tx,
  client: string,
  { before, limit }: { readonly before?: Moment; readonly limit: number },
): Promise<EndedGrant[]> =>
  deleteWith(
    tx,
    await holdGrants(
      tx,
      (eb) => eb.and([eb('client_id', '=', client), ...(before ? [bornBefore(before)] : [])]),
      limit,
    ),
  )

/** Some of those that something was issued of for an organisation. */
export interface ForOrganisation {
  readonly grants: readonly Buffer[]
  /** In which nothing was issued for another one. */
  readonly sessions: readonly { readonly session: Id<'ses'>; readonly user: Id<'usr'> }[]
}

/** By oidc_artifacts_of_organisation; from there by the grant and by the session. Nothing is held: sessions go before their grants. */
export async function findForOrganisation(
  tx: Tx,
  organisation: Id<'org'>,
  { before, limit }: { readonly before: Moment; readonly limit: number },
): Promise<ForOrganisation> {
  const org = orgId.toUuid(organisation)
  const found = await tx
    .selectFrom('oidc_artifacts')
    .select('grant_hash')
    .distinct()
    .where('org_id', '=', org)
    .where('grant_hash', 'is not', null)
    .where(bornBefore(before))
    .orderBy('grant_hash')
    .limit(limit)
    .execute()
  const grants = found.flatMap(({ grant_hash }) => grant_hash ?? [])
  if (grants.length === 0) return { grants, sessions: [] }
  const { rows } = await sql<{ session: string; user: string }>`
    SELECT DISTINCT granted.session_id AS session, granted.user_id AS user
    FROM oidc_artifacts granted
    WHERE granted.id_hash = ${among(grants)} AND granted.session_id IS NOT NULL AND granted.user_id IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM oidc_artifacts g JOIN oidc_artifacts o ON o.grant_hash = g.id_hash
        WHERE g.session_id = granted.session_id AND g.kind = 'Grant' AND o.org_id <> ${org})
    ORDER BY session`.execute(tx)
  return {
    grants,
    sessions: rows.map(({ session, user }) => ({ session: sessionId.fromUuid(session), user: userId.fromUuid(user) })),
  }
}

/** What was issued for the organisation of these grants, and those of them of which nothing was issued for another one. */
export async function deleteForOrganisation(
  tx: Tx,
  organisation: Id<'org'>,
  grants: readonly Buffer[],
): Promise<EndedGrant[]> {
  if (grants.length === 0) return []
  const org = orgId.toUuid(organisation)
  await holdGrants(tx, (eb) => eb('id_hash', '=', among(grants)))
  const { rows } = await sql<{ hash: Buffer }>`
    SELECT held.hash FROM unnest(${grants}::bytea[]) AS held (hash)
    WHERE NOT EXISTS (SELECT FROM oidc_artifacts o WHERE o.grant_hash = held.hash AND o.org_id <> ${org})`.execute(tx)
  const ended = await deleteWith(
    tx,
    rows.map(({ hash }) => hash),
  )
  await tx.deleteFrom('oidc_artifacts').where('grant_hash', '=', among(grants)).where('org_id', '=', org).execute()
  return ended
}

export async function countGrants(
  db: Db,
  of: { readonly client: string } | { readonly organisation: Id<'org'> },
): Promise<number> {
  const row = await db
    .selectFrom('oidc_artifacts')
    .select((eb) => eb.fn.count<string>('grant_hash').distinct().as('number'))
    .$if('client' in of, (query) =>
      query.where('client_id', '=', 'client' in of ? of.client : '').where('kind', '=', GRANT),
    )
    .$if('organisation' in of, (query) =>
      query.where('org_id', '=', 'organisation' in of ? orgId.toUuid(of.organisation) : ''),
    )
    .executeTakeFirstOrThrow()
  return Number(row.number)
}

/** By oidc_artifacts_of_session: the applications that hold something in each. */
export async function clientsOfSessions(
  db: Db,
  sessions: readonly Id<'ses'>[],
): Promise<ReadonlyMap<Id<'ses'>, readonly string[]>> {
  const rows = await db
    .selectFrom('oidc_artifacts')
    .select(['session_id', sql<string[]>`array_agg(DISTINCT client_id ORDER BY client_id)`.as('clients')])
    .where('session_id', '=', sql<string>`ANY(${sessions.map(sessionId.toUuid)}::uuid[])`)
    .where('kind', '=', GRANT)
    .where('client_id', 'is not', null)
    .groupBy('session_id')
    .execute()
  return new Map(
    rows.flatMap(({ session_id, clients }) =>
      session_id === null ? [] : [[sessionId.fromUuid(session_id), clients] as const],
    ),
  )
}

/** As part of a statement that goes on with the sessions. */
export const sessionsOf = (of: { readonly client: string } | { readonly organisation: Id<'org'> }) =>
  'client' in of
    ? sql<{
        session_id: string
      }>`SELECT session_id FROM oidc_artifacts WHERE client_id = ${of.client} AND kind = 'Grant'`
    : sql<{ session_id: string }>`SELECT session_id FROM oidc_artifacts WHERE org_id = ${orgId.toUuid(of.organisation)}`

/** What goes on when nobody is signed in belongs to the browser's next session from now on, if that is the same person's. */
export async function moveOfflineGrants(tx: Tx, from: Id<'ses'>, to: Id<'ses'>): Promise<void> {
  const held = await holdGrants(tx, (eb) => eb.and([eb('session_id', '=', sessionId.toUuid(from)), isOffline]))
  if (held.length === 0) return
  await tx
    .updateTable('oidc_artifacts')
    .set({ session_id: sessionId.toUuid(to) })
    .where('id_hash', '=', among(held))
    .where('user_id', '=', (eb) => eb.selectFrom('sessions').select('user_id').where('id', '=', sessionId.toUuid(to)))
    .execute()
}
