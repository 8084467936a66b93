import type { Db, Tx } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import { clientSecretId } from '../clients/client.ts'

/** A change that an application made of its own entry, as long as nobody can know whether it heard the answer. */
export interface UnheardChange {
  readonly requestHash: Buffer
  /** Made with it, and told in that answer alone. */
  readonly secret: Id<'csec'> | undefined
}

/** By the primary key. */
export async function findUnheard(db: Db, clientId: string): Promise<UnheardChange | undefined> {
  const row = await db
    .selectFrom('oidc_unheard_changes')
    .select(['request_hash', 'secret_id'])
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  const secret = row?.secret_id ?? undefined
  return (
    row && { requestHash: row.request_hash, secret: secret === undefined ? undefined : clientSecretId.fromUuid(secret) }
  )
}

/** In the place of the one before, if there is one. */
export const putUnheard = (tx: Tx, clientId: string, { requestHash, secret }: UnheardChange): Promise<unknown> => {
  const values = { request_hash: requestHash, secret_id: secret === undefined ? null : clientSecretId.toUuid(secret) }
  return tx
    .insertInto('oidc_unheard_changes')
    .values({ client_id: clientId, ...values })
    .onConflict((conflict) => conflict.column('client_id').doUpdateSet(values))
    .execute()
}

/** The token that the answer told was used: it was heard. */
export const forgetUnheard = (db: Db, clientId: string): Promise<unknown> =>
  db.deleteFrom('oidc_unheard_changes').where('client_id', '=', clientId).execute()
