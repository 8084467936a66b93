import type { Db } from '../../db/types.ts'
import { type ApiId, apiId } from './api.ts'

/** Of the pairwise clients that may have tokens for an API; by oidc_client_apis. */
export async function sectorsOfApi(db: Db, api: ApiId): Promise<string[]> {
  const rows = await db
    .selectFrom('oidc_client_apis as g')
    .innerJoin('oidc_clients as c', 'c.client_id', 'g.client_id')
    .select('c.sector')
    .distinct()
    .where('g.api_id', '=', apiId.toUuid(api))
    .where('c.sector', 'is not', null)
    .orderBy('c.sector')
    .execute()
  return rows.flatMap(({ sector }) => sector ?? [])
}
