import { sql } from 'kysely'
import { z } from 'zod'
import type { Db, Tx } from '../../db/types.ts'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../keyring/signing/signing-key.ts'
import { type Api, apiId } from './api.ts'
import { RENAMEABLE } from './claim-names.ts'

export const APIS_CHANNEL = 'hearthkey_apis'
/** On that channel, and no audience: another API is the default, or none. */
export const DEFAULT_API = 'default'

const algorithm = z.enum(SIGNING_ALGORITHMS).nullable()

const row = z
  .object({
    id: z.string().transform(apiId.fromUuid),
    audience: z.string(),
    name: z.string(),
    scopes: z.array(z.string()).readonly(),
    accessTokenTtl: z.number().nullable(),
    ownKeys: z.boolean(),
    algorithm,
    byRole: z.boolean(),
    claimNames: z.partialRecord(z.enum(RENAMEABLE), z.string()),
    carriesPermissions: z.boolean(),
    isDefault: z.boolean(),
    scopeWords: z.record(z.string(), z.record(z.string(), z.string())),
  })
  .readonly()

const selectApis = (db: Db) =>
  db
    .selectFrom('apis')
    .select([
      'id',
      'audience',
      'name',
      'scopes',
      'access_token_ttl as accessTokenTtl',
      'own_keys as ownKeys',
      'algorithm',
      'by_role as byRole',
      'claim_names as claimNames',
      'carries_permissions as carriesPermissions',
      'is_default as isDefault',
      'scope_words as scopeWords',
    ])

const toApi = (found: unknown): Api | undefined => (found === undefined ? undefined : row.parse(found))

/** By the unique index over the audience. */
export const findApi = async (db: Db, audience: string): Promise<Api | undefined> =>
  toApi(await selectApis(db).where('audience', '=', audience).executeTakeFirst())

/** By the primary key; undefined for what is no id of an API. */
export const findApiById = async (db: Db, id: string): Promise<Api | undefined> =>
  apiId.is(id) ? toApi(await selectApis(db).where('id', '=', apiId.toUuid(id)).executeTakeFirst()) : undefined

/** Nobody else changes it before this transaction has ended. */
export const lockApi = async (tx: Tx, audience: string): Promise<Api | undefined> =>
  toApi(await selectApis(tx).where('audience', '=', audience).forUpdate().executeTakeFirst())

export const listApis = async (db: Db): Promise<Api[]> =>
  (await selectApis(db).orderBy('id').execute()).map((found) => row.parse(found))

/** By apis_default. */
export async function findDefaultAudience(db: Db): Promise<string | null> {
  const found = await db.selectFrom('apis').select('audience').where('is_default', '=', true).executeTakeFirst()
  return found?.audience ?? null
}

/** Of keys of its own: null is the instance's setting. */
export async function algorithmOfApi(db: Db, uuid: string): Promise<SigningAlgorithm | null> {
  const found = await db.selectFrom('apis').select('algorithm').where('id', '=', uuid).executeTakeFirst()
  return algorithm.parse(found?.algorithm ?? null)
}

const changeable = (api: Api) => ({
  name: api.name,
  scopes: [...api.scopes],
  access_token_ttl: api.accessTokenTtl,
  own_keys: api.ownKeys,
  algorithm: api.algorithm,
  by_role: api.byRole,
  claim_names: JSON.stringify(api.claimNames),
  carries_permissions: api.carriesPermissions,
  is_default: api.isDefault,
  scope_words: JSON.stringify(api.scopeWords),
})

export const updateApi = (tx: Tx, api: Api): Promise<unknown> =>
  tx.updateTable('apis').set(changeable(api)).where('id', '=', apiId.toUuid(api.id)).execute()

/** `apis` as a number: nobody else's advisory lock is of this class. */
const CLASS = 0x61_70_69_73
const DEFAULT = 1

/**
 * There is one at most: whichever it was. Answers its audience. Of two that are to be it at once neither sees the other, and where there is none
 * there is no row to wait for: they follow one another, and the last is it.
 */
export async function endDefault(tx: Tx): Promise<string | undefined> {
  await sql`SELECT pg_advisory_xact_lock(${CLASS}::int, ${DEFAULT}::int)`.execute(tx)
  const ended = tx.updateTable('apis').set({ is_default: false }).where('is_default', '=', true).returning('audience')
  return (await ended.executeTakeFirst())?.audience
}

/** False when the audience is taken. */
export async function insertApi(tx: Tx, api: Api, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('apis')
    .values({ id: apiId.toUuid(api.id), audience: api.audience, ...changeable(api), created_at: at })
    .onConflict((conflict) => conflict.column('audience').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export const tellOfApi = (tx: Tx, audience: string): Promise<unknown> =>
  sql`SELECT pg_notify(${APIS_CHANNEL}, ${audience})`.execute(tx)
