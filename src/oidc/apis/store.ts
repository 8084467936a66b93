import { sql } from 'kysely'
import type { Db, Tx } from '../../db/types.ts'
import { type Api, apiId } from './api.ts'

export const APIS_CHANNEL = 'hearthkey_apis'

const columns = ['id', 'audience', 'name', 'scopes', 'access_token_ttl', 'own_keys'] as const
interface Selected {
  readonly id: string
  readonly audience: string
  readonly name: string
  readonly scopes: string[]
  readonly access_token_ttl: number | null
  readonly own_keys: boolean
}

const toApi = ({ id, audience, name, scopes, access_token_ttl, own_keys }: Selected): Api => ({
  id: apiId.fromUuid(id),
  audience,
  name,
  scopes,
  accessTokenTtl: access_token_ttl,
  ownKeys: own_keys,
})

/** By the unique index over the audience. */
export async function findApi(db: Db, audience: string): Promise<Api | undefined> {
  const row = await db.selectFrom('apis').select(columns).where('audience', '=', audience).executeTakeFirst()
  return row && toApi(row)
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
      created_at: at,
    })
    .onConflict((conflict) => conflict.column('audience').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export const tellOfApi = (tx: Tx, audience: string): Promise<unknown> =>
  sql`SELECT pg_notify(${APIS_CHANNEL}, ${audience})`.execute(tx)
