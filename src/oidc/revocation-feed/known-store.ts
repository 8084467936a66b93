import type { Db } from '../../db/types.ts'
import { type ApiId, apiId } from '../apis/api.ts'
import { sectorsOfApi } from '../apis/sectors-store.ts'

/** Of those clients the ones that may have tokens for the API; by oidc_client_apis. */
export async function clientsOfApi(db: Db, api: ApiId, among: readonly string[]): Promise<ReadonlySet<string>> {
  if (among.length === 0) return new Set()
  const rows = await db
    .selectFrom('oidc_client_apis')
    .select('client_id')
    .where('api_id', '=', apiId.toUuid(api))
    .where('client_id', 'in', [...among])
    .execute()
  return new Set(rows.map(({ client_id }) => client_id))
}

/** Whether anybody hands tokens of people on to it (RFC 8693). */
export async function isHandedTokens(db: Db, api: ApiId): Promise<boolean> {
  const row = await db
    .selectFrom('oidc_client_apis')
    .select('client_id')
    .where('api_id', '=', apiId.toUuid(api))
    .where('on_behalf', '=', true)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Under whose names persons may stand in tokens for the API; without one, in any token. */
export async function sectorsFor(db: Db, api: ApiId | undefined): Promise<readonly string[]> {
  if (api !== undefined) return sectorsOfApi(db, api)
  const rows = await db.selectFrom('oidc_clients').select('sector').distinct().where('sector', 'is not', null).execute()
  return rows.flatMap(({ sector }) => sector ?? [])
}
