import { sql } from 'kysely'
import type { Db, Tx } from '../../db/types.ts'
import { type Api, apiId } from './api.ts'

export const APIS_CHANNEL = 'hearthkey_apis'

const columns = ['id', 'audience', 'name', 'scopes', 'access_token_ttl', 'own_keys', 'by_role'] as const
interface Selected {
  readonly id: string
  readonly audience: string
  readonly name: string
  readonly scopes: string[]
  readonly access_token_ttl: number | null
  readonly own_keys: boolean
  readonly by_role: boolean
}

const toApi = ({ id, audience, name, scopes, access_token_ttl, own_keys, by_role }: Selected): Api => ({
  id: apiId.fromUuid(id),
  audience,
  name,
  scopes,
  accessTokenTtl: access_token_ttl,
  ownKeys: own_keys,
  byRole: by_role,
})

/** By the unique index over the audience. */
export async function findApi(db: Db, audience: string): Promise<Api | undefined> {
  const row = await db.selectFrom('apis').select(columns).where('audience', '=', audience).executeTakeFirst()
  return row && toApi(row)
}

/** By the primary key; undefined for what is no id of an API. */
export async function findApiById(db: Db, id: string): Promise<Api | undefined> {
  if (!apiId.is(id)) return undefined
  const row = await db.selectFrom('apis').select(columns).where('id', '=', apiId.toUuid(id)).executeTakeFirst()
  return row && toApi(row)
}

/** Nobody else changes it before this transaction has ended. */
export async function lockApi(tx: Tx, audience: string): Promise<Api | undefined> {
  const row = await tx
    .selectFrom('apis')
    .select(columns)
    .where('audience', '=', audience)
    .forUpdate()
    .executeTakeFirst()
  return row && toApi(row)
}

export async function updateScopes(tx: Tx, { id, scopes, byRole }: Api): Promise<void> {
  const values = { scopes: [...scopes], by_role: byRole }
  await tx.updateTable('apis').set(values).where('id', '=', apiId.toUuid(id)).execute()
}

export async function listApis(db: Db): Promise<Api[]> {
  const rows = await db.selectFrom('apis').select(columns).orderBy('id').execute()
  return rows.map(toApi)
}

/** False when the audience is taken. */
export async function insertApi(tx: Tx, api: Api, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('apis')
    .values({
      id: apiId.toUuid(api.id),
      audience: api.audience,
      name: api.name,
      scopes: [...api.scopes],
      access_token_ttl: api.accessTokenTtl,
      own_keys: api.ownKeys,
      by_role: api.byRole,
      created_at: at,
    })
    .onConflict((conflict) => conflict.column('audience').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export const tellOfApi = (tx: Tx, audience: string): Promise<unknown> =>
  sql`SELECT pg_notify(${APIS_CHANNEL}, ${audience})`.execute(tx)
