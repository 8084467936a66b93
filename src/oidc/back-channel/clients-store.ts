import { sql } from 'kysely'
import type { Tx } from '../../db/types.ts'

/** By oidc_clients_told_of_logout. */
export async function whoAreTold(tx: Tx, clients: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('oidc_clients')
    .select('client_id')
    .where('client_id', '=', sql<string>`ANY(${[...new Set(clients)]}::text[])`)
    .where('backchannel_logout_uri', 'is not', null)
    .where('disabled_at', 'is', null)
    .orderBy('client_id')
    .execute()
  return rows.map(({ client_id }) => client_id)
}
