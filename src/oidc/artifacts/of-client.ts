import type { Tx } from '../../db/types.ts'

/** By oidc_artifacts_of_client: some grants of a client with all that came of them. Answers how many grants. */
export async function deleteGrantsOfClient(tx: Tx, clientId: string, most: number): Promise<number> {
  const grants = await tx
    .selectFrom('oidc_artifacts')
    .select('id_hash')
    .where('client_id', '=', clientId)
    .where('kind', '=', 'Grant')
    // In one order, as whoever ends the same: or they would wait for one another.
    .orderBy('id_hash')
    .limit(most)
    .forUpdate()
    .execute()
  if (grants.length === 0) return 0
  const hashes = grants.map(({ id_hash }) => id_hash)
  await tx.deleteFrom('oidc_artifacts').where('grant_hash', 'in', hashes).execute()
  return grants.length
}
