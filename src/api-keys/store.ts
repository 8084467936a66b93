import { sql } from 'kysely'
import { z } from 'zod'
import type { CredentialTx, OrgTx } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { type ApiKey, type KeyId, keyId, type OwnerId, type RevocationCause } from './key.ts'

const orgId = defineId('org')
const userId = defineId('usr')
const serviceAccountId = defineId('sva')

export const ownerUuid = (owner: OwnerId): string =>
  userId.is(owner) ? userId.toUuid(owner) : serviceAccountId.toUuid(owner)
const permissionSet = z.record(z.string(), z.array(z.string()).readonly()).readonly()
const cause = z.enum(['revoked', 'leaked', 'owner-ended']).nullable()

export const keys = (db: Db) =>
  db
    .selectFrom('api_keys as k')
    .leftJoin('api_key_uses as u', 'u.key_id', 'k.id')
    .select([
      'k.id',
      'k.org_id',
      'k.owner_id',
      'k.owner_kind',
      'k.name',
      'k.hint',
      'k.permissions',
      'k.ip_ranges',
      'k.quota',
      'k.created_at',
      'k.expires_at',
      'k.replaces',
      'k.revoked_at',
      'k.revoked_because',
      'u.last_used_at',
    ])

type Row = Awaited<ReturnType<ReturnType<typeof keys>['execute']>>[number]

export const toKey = (row: Row): ApiKey => ({
  id: keyId.fromUuid(row.id),
  organisation: orgId.fromUuid(row.org_id),
  owner: row.owner_kind === 'person' ? userId.fromUuid(row.owner_id) : serviceAccountId.fromUuid(row.owner_id),
  name: row.name,
  hint: row.hint,
  permissions: permissionSet.parse(row.permissions),
  ipRanges: row.ip_ranges,
  quota: row.quota,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  replaces: row.replaces === null ? null : keyId.fromUuid(row.replaces),
  revokedAt: row.revoked_at,
  revokedBecause: cause.parse(row.revoked_because),
})

/** By the hash and nothing else (threat 32): whose key it is stands in the row, never in the request. */
export async function findBySecret(tx: CredentialTx, hash: Buffer): Promise<ApiKey | undefined> {
  const row = await keys(tx).where('k.secret_hash', '=', hash).executeTakeFirst()
  return row && toKey(row)
}

export async function findKey(tx: OrgTx, organisation: Id<'org'>, id: KeyId): Promise<ApiKey | undefined> {
  const row = await keys(tx)
    .where('k.id', '=', keyId.toUuid(id))
    .where('k.org_id', '=', orgId.toUuid(organisation))
    .executeTakeFirst()
  return row && toKey(row)
}

/** Until the transaction ends: of two changes the second sees what the first has done. */
export async function lockKey(tx: OrgTx, organisation: Id<'org'>, id: KeyId): Promise<ApiKey | undefined> {
  await tx
    .selectFrom('api_keys')
    .select('id')
    .where('id', '=', keyId.toUuid(id))
    .where('org_id', '=', orgId.toUuid(organisation))
    .forUpdate()
    .execute()
  return findKey(tx, organisation, id)
}

export interface KeyPage {
  readonly organisation: Id<'org'>
  /** Theirs alone. */
  readonly owner?: OwnerId | undefined
  readonly after?: KeyId | undefined
  readonly limit: number
}

/** By api_keys_of_org or api_keys_of_owner. */
export async function listKeys(tx: OrgTx, { organisation, owner, after, limit }: KeyPage): Promise<ApiKey[]> {
  const rows = await keys(tx)
    .where('k.org_id', '=', orgId.toUuid(organisation))
    .$if(owner !== undefined, (query) => query.where('k.owner_id', '=', owner ? ownerUuid(owner) : ''))
    .$if(after !== undefined, (query) => query.where('k.id', '>', after ? keyId.toUuid(after) : ''))
    .orderBy('k.id')
    .limit(limit)
    .execute()
  return rows.map(toKey)
}

/**
 * One at a time makes keys for an owner, or ends them all: their number can be counted, and none is made beside the end.
 * Before a key of theirs is locked, never after it.
 */
export const holdOwner = (tx: Tx, owner: OwnerId): Promise<unknown> =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${`api_keys ${owner}`}, 0))`.execute(tx)

/** Those that still open something, in this organisation; by api_keys_of_owner. */
export async function liveKeysOf(tx: OrgTx, organisation: Id<'org'>, owner: OwnerId, now: Date): Promise<KeyId[]> {
  const rows = await tx
    .selectFrom('api_keys')
    .select('id')
    .where('owner_id', '=', ownerUuid(owner))
    .where('org_id', '=', orgId.toUuid(organisation))
    .where('revoked_at', 'is', null)
    .where((of) => of.or([of('expires_at', 'is', null), of('expires_at', '>', now)]))
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => keyId.fromUuid(id))
}

export async function insertKey(tx: OrgTx, key: ApiKey, secretHash: Buffer): Promise<void> {
  await tx
    .insertInto('api_keys')
    .values({
      id: keyId.toUuid(key.id),
      org_id: orgId.toUuid(key.organisation),
      owner_id: ownerUuid(key.owner),
      owner_kind: userId.is(key.owner) ? 'person' : 'service',
      name: key.name,
      hint: key.hint,
      secret_hash: secretHash,
      permissions: JSON.stringify(key.permissions),
      ip_ranges: [...key.ipRanges],
      quota: key.quota,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      replaces: key.replaces && keyId.toUuid(key.replaces),
    })
    .execute()
}

const change = (tx: OrgTx, id: KeyId) => tx.updateTable('api_keys').where('id', '=', keyId.toUuid(id))

export const renameKey = (tx: OrgTx, id: KeyId, name: string): Promise<unknown> =>
  change(tx, id).set({ name }).execute()

export const endAt = (tx: OrgTx, id: KeyId, at: Date): Promise<unknown> =>
  change(tx, id).set({ expires_at: at }).execute()

/** Compare and set: of two that revoke it, one did. */
export async function markRevoked(tx: OrgTx, id: KeyId, because: RevocationCause, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await change(tx, id)
    .where('revoked_at', 'is', null)
    .set({ revoked_at: at, revoked_because: because })
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function hasSuccessor(tx: OrgTx, id: KeyId): Promise<boolean> {
  const row = await tx.selectFrom('api_keys').select('id').where('replaces', '=', keyId.toUuid(id)).executeTakeFirst()
  return row !== undefined
}

export const touchKey = (tx: OrgTx, { id, organisation }: ApiKey, at: Date): Promise<unknown> =>
  tx
    .insertInto('api_key_uses')
    .values({ key_id: keyId.toUuid(id), org_id: orgId.toUuid(organisation), last_used_at: at })
    .onConflict((conflict) => conflict.column('key_id').doUpdateSet({ last_used_at: at }))
    .execute()
