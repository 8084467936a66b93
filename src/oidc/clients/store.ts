import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Db, Tx } from '../../db/types.ts'
import { type ApiGrant, type Client, type ClientSecret, client, clientSecretId } from './client.ts'

export const CLIENTS_CHANNEL = 'hearthkey_clients'

/** One that was removed is nobody's any more; its row keeps the id from being given again. */
const selectClients = (db: Db) =>
  db
    .selectFrom('oidc_clients as c')
    .where('c.removed_at', 'is', null)
    .select((of) => [
      'c.client_id as id',
      'c.name',
      'c.type',
      'c.uri',
      'c.redirect_uris as redirectUris',
      'c.post_logout_redirect_uris as postLogoutRedirectUris',
      'c.grant_types as grantTypes',
      'c.first_party as firstParty',
      'c.auth_method as authMethod',
      'c.jwks',
      'c.jwks_uri as jwksUri',
      'c.tls_subject as tlsSubject',
      'c.logo_uri as logoUri',
      'c.policy_uri as policyUri',
      'c.terms_uri as termsUri',
      'c.origins',
      'c.backchannel_logout_uri as backchannelLogoutUri',
      'c.access_token_ttl as accessTokenTtl',
      'c.refresh_idle_ttl as refreshIdleTtl',
      'c.refresh_absolute_ttl as refreshAbsoluteTtl',
      'c.subject_type as subjectType',
      'c.sector',
      'c.requires_par as requiresPar',
      'c.requires_signed_request as requiresSignedRequest',
      'c.token_binding as tokenBinding',
      'c.pkce',
      'c.profile',
      'c.registration_hash as registrationHash',
      jsonArrayFrom(
        of
          .selectFrom('oidc_client_secrets as s')
          .select(['s.id', 's.secret_hash as hash', 's.hint', 's.created_at as createdAt', 's.expires_at as expiresAt'])
          .whereRef('s.client_id', '=', 'c.client_id')
          .orderBy('s.created_at')
          .orderBy('s.id'),
      ).as('secrets'),
      'c.created_at as createdAt',
      'c.disabled_at as disabledAt',
      'c.organisations',
      'c.mfa',
      'c.service_account as serviceAccount',
      jsonArrayFrom(
        of
          .selectFrom('oidc_client_apis as g')
          .innerJoin('apis as a', 'a.id', 'g.api_id')
          .select(['a.audience', 'g.scopes', 'g.on_behalf as onBehalf'])
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
    .where('removed_at', 'is', null)
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

type Row = Omit<Client, 'apis' | 'secrets' | 'serviceAccount' | 'disabledAt'>

const changeable = (row: Row) => ({
  name: row.name,
  uri: row.uri,
  redirect_uris: [...row.redirectUris],
  post_logout_redirect_uris: [...row.postLogoutRedirectUris],
  grant_types: [...row.grantTypes],
  first_party: row.firstParty,
  organisations: row.organisations,
  mfa: row.mfa,
  auth_method: row.authMethod,
  jwks: row.jwks && JSON.stringify(row.jwks),
  jwks_uri: row.jwksUri,
  tls_subject: row.tlsSubject,
  logo_uri: row.logoUri,
  policy_uri: row.policyUri,
  terms_uri: row.termsUri,
  origins: [...row.origins],
  backchannel_logout_uri: row.backchannelLogoutUri,
  access_token_ttl: row.accessTokenTtl,
  refresh_idle_ttl: row.refreshIdleTtl,
  refresh_absolute_ttl: row.refreshAbsoluteTtl,
  subject_type: row.subjectType,
  sector: row.sector,
  requires_par: row.requiresPar,
  requires_signed_request: row.requiresSignedRequest,
  token_binding: row.tokenBinding,
  pkce: row.pkce,
  profile: row.profile,
  registration_hash: row.registrationHash,
})

/** False when the id is taken. */
export async function insertClient(tx: Tx, row: Row): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('oidc_clients')
    .values({ client_id: row.id, type: row.type, ...changeable(row), created_at: row.createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export const updateClient = (tx: Tx, row: Row): Promise<unknown> =>
  tx.updateTable('oidc_clients').set(changeable(row)).where('client_id', '=', row.id).execute()

/** Given anew, it is worth what is said now. */
export const allowApi = (
  tx: Tx,
  clientId: string,
  apiUuid: string,
  { scopes, onBehalf }: Omit<ApiGrant, 'audience'>,
): Promise<unknown> =>
  tx
    .insertInto('oidc_client_apis')
    .values({ client_id: clientId, api_id: apiUuid, scopes: scopes && [...scopes], on_behalf: onBehalf })
    .onConflict((conflict) =>
      conflict
        .columns(['client_id', 'api_id'])
        .doUpdateSet(({ ref }) => ({ scopes: ref('excluded.scopes'), on_behalf: ref('excluded.on_behalf') })),
    )
    .execute()

export const disallowApi = (tx: Tx, clientId: string, audience: string): Promise<unknown> =>
  tx
    .deleteFrom('oidc_client_apis')
    .where('client_id', '=', clientId)
    .where('api_id', 'in', (of) => of.selectFrom('apis').select('id').where('audience', '=', audience))
    .execute()

/** By which token it looks after its entry, from now on. */
export const setRegistrationHash = (tx: Tx, id: string, hash: Buffer): Promise<unknown> =>
  tx.updateTable('oidc_clients').set({ registration_hash: hash }).where('client_id', '=', id).execute()

export const insertSecret = (
  tx: Tx,
  clientId: string,
  { id, hash, hint, createdAt, expiresAt }: ClientSecret,
): Promise<unknown> =>
  tx
    .insertInto('oidc_client_secrets')
    .values({
      id: clientSecretId.toUuid(id),
      client_id: clientId,
      secret_hash: hash,
      hint,
      created_at: createdAt,
      expires_at: expiresAt,
    })
    .execute()

export const deleteSecrets = (tx: Tx, clientId: string): Promise<unknown> =>
  tx.deleteFrom('oidc_client_secrets').where('client_id', '=', clientId).execute()

export const deleteSecret = (tx: Tx, { id }: Pick<ClientSecret, 'id'>): Promise<unknown> =>
  tx.deleteFrom('oidc_client_secrets').where('id', '=', clientSecretId.toUuid(id)).execute()

export const setSecretExpiry = (tx: Tx, { id }: Pick<ClientSecret, 'id'>, at: Date): Promise<unknown> =>
  tx.updateTable('oidc_client_secrets').set({ expires_at: at }).where('id', '=', clientSecretId.toUuid(id)).execute()

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

/** For good: nobody proves to be it any more, and whatever acted through it is free for another. */
export async function setRemoved(tx: Tx, id: string, at: Date): Promise<void> {
  await deleteSecrets(tx, id)
  await tx.deleteFrom('oidc_client_apis').where('client_id', '=', id).execute()
  await tx.deleteFrom('oidc_unheard_changes').where('client_id', '=', id).execute()
  await tx
    .updateTable('oidc_clients')
    .set({ removed_at: at, service_account: null, registration_hash: null })
    .where('client_id', '=', id)
    .execute()
}

/** Sent by PostgreSQL when the transaction commits: every process forgets what it knew of this client. */
export const tellOfClient = (tx: Tx, id: string): Promise<unknown> =>
  sql`SELECT pg_notify(${CLIENTS_CHANNEL}, ${id})`.execute(tx)
