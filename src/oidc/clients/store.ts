import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Db, Tx } from '../../db/types.ts'
import { type Client, client } from './client.ts'

export const CLIENTS_CHANNEL = 'hearthkey_clients'

const selectClients = (db: Db) =>
  db
    .selectFrom('oidc_clients as c')
    .select((of) => [
      'c.client_id as id',
      'c.name',
      'c.type',
      'c.uri',
      'c.redirect_uris as redirectUris',
      'c.post_logout_redirect_uris as postLogoutRedirectUris',
      'c.grant_types as grantTypes',
      'c.first_party as firstParty',
      'c.secret_hash as secretHash',
      'c.created_at as createdAt',
      'c.disabled_at as disabledAt',
      'c.organisations',
      'c.mfa',
      'c.service_account as serviceAccount',
      jsonArrayFrom(
        of
          .selectFrom('oidc_client_apis as g')
          .innerJoin('apis as a', 'a.id', 'g.api_id')
          .select(['a.audience', 'g.scopes'])
          .whereRef('g.client_id', '=', 'c.client_id')
          .orderBy('a.id'),
      ).as('apis'),
    ])

export async function findClient(db: Db, id: string): Promise<Client | undefined> {
  const row = await selectClients(db).where('c.client_id', '=', id).executeTakeFirst()
  return row && client.parse(row)
}

/** Those that may ask for tokens. */
export async function countClients(db: Db): Promise<number> {
  const { number } = await db
    .selectFrom('oidc_clients')
    .select((of) => of.fn.countAll<string>().as('number'))
    .where('disabled_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(number)
}

/** Held until the end of the transaction, so that two commands follow one another. */
export async function lockClient(tx: Tx, id: string): Promise<Client | undefined> {
  await tx.selectFrom('oidc_clients').select('client_id').where('client_id', '=', id).forUpdate().execute()
  return findClient(tx, id)
}

/** By the primary key, from the one after `after`. */
export async function listClients(db: Db, after: string | undefined, limit: number): Promise<Client[]> {
  const rows = await selectClients(db)
    .$if(after !== undefined, (query) => query.where('c.client_id', '>', after ?? ''))
    .orderBy('c.client_id')
    .limit(limit)
    .execute()
  return rows.map((row) => client.parse(row))
}

/** False when the id is taken. */
export async function insertClient(
  tx: Tx,
  row: Omit<Client, 'apis' | 'disabledAt' | 'serviceAccount'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('oidc_clients')
    .values({
      client_id: row.id,
      name: row.name,
      type: row.type,
      uri: row.uri,
      redirect_uris: [...row.redirectUris],
      post_logout_redirect_uris: [...row.postLogoutRedirectUris],
      grant_types: [...row.grantTypes],
      first_party: row.firstParty,
      organisations: row.organisations,
      mfa: row.mfa,
      secret_hash: row.secretHash,
      created_at: row.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export const allowApi = (tx: Tx, clientId: string, apiUuid: string): Promise<unknown> =>
  tx.insertInto('oidc_client_apis').values({ client_id: clientId, api_id: apiUuid }).execute()

export const disallowApi = (tx: Tx, clientId: string, audience: string): Promise<unknown> =>
  tx
    .deleteFrom('oidc_client_apis')
    .where('client_id', '=', clientId)
    .where('api_id', 'in', (of) => of.selectFrom('apis').select('id').where('audience', '=', audience))
    .execute()

export const setSecretHash = (tx: Tx, id: string, hash: Buffer, at: Date): Promise<unknown> =>
  tx.updateTable('oidc_clients').set({ secret_hash: hash, secret_rotated_at: at }).where('client_id', '=', id).execute()

/** Null: it speaks for itself again. */
export const setServiceAccount = (tx: Tx, id: string, uuid: string | null): Promise<unknown> =>
  tx.updateTable('oidc_clients').set({ service_account: uuid }).where('client_id', '=', id).execute()

const actingAs = (db: Db, uuid: string) =>
  db.selectFrom('oidc_clients').select('client_id').where('service_account', '=', uuid)

export async function findClientOfAccount(db: Db, uuid: string): Promise<string | undefined> {
  return (await actingAs(db, uuid).executeTakeFirst())?.client_id
}

/** Held until the end of the transaction: of two that are to act as it, one does. */
export async function clientOfServiceAccount(tx: Tx, uuid: string): Promise<string | undefined> {
  return (await actingAs(tx, uuid).forUpdate().executeTakeFirst())?.client_id
}

export const setDisabledAt = (tx: Tx, id: string, at: Date | null): Promise<unknown> =>
  tx.updateTable('oidc_clients').set({ disabled_at: at }).where('client_id', '=', id).execute()

export const setChangeable = (
  tx: Tx,
  id: string,
  {
    redirectUris,
    postLogoutRedirectUris,
    organisations,
    mfa,
  }: Pick<Client, 'redirectUris' | 'postLogoutRedirectUris' | 'organisations' | 'mfa'>,
): Promise<unknown> =>
  tx
    .updateTable('oidc_clients')
    .set({
      redirect_uris: [...redirectUris],
      post_logout_redirect_uris: [...postLogoutRedirectUris],
      organisations,
      mfa,
    })
    .where('client_id', '=', id)
    .execute()

/** Sent by PostgreSQL when the transaction commits: every process forgets what it knew of this client. */
export const tellOfClient = (tx: Tx, id: string): Promise<unknown> =>
  sql`SELECT pg_notify(${CLIENTS_CHANNEL}, ${id})`.execute(tx)
