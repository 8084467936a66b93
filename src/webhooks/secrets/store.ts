import type { InstanceTx } from '../../db/transaction.ts'
import type { Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { type Endpoint, type EndpointId, endpointId } from '../endpoints/endpoint.ts'
import type { EndpointTx } from '../endpoints/store.ts'

const orgId = defineId('org')

/** Never shown to anybody: it names the row that a seal is for. */
export const secretId = defineId('whs')
export type SecretId = Id<'whs'>

export interface StoredSecret {
  readonly id: SecretId
  readonly sealed: Buffer
  /** Null: until it is followed by another. */
  readonly expiresAt: Date | null
}

/**
 * Those that still sign, the current one first: one, or two while one follows the other. By when they end and not by when
 * they were made, which two machines may see differently.
 */
export async function liveSecrets(tx: EndpointTx, endpoint: EndpointId, now: Date): Promise<StoredSecret[]> {
  const rows = await tx
    .selectFrom('webhook_secrets')
    .select(['id', 'sealed', 'expires_at'])
    .where('endpoint_id', '=', endpointId.toUuid(endpoint))
    .where((of) => of.or([of('expires_at', 'is', null), of('expires_at', '>', now)]))
    .orderBy('expires_at', (by) => by.desc().nullsFirst())
    .execute()
  return rows.map(({ id, sealed, expires_at }) => ({ id: secretId.fromUuid(id), sealed, expiresAt: expires_at }))
}

export async function insertSecret(
  tx: EndpointTx,
  { id, organisation }: Pick<Endpoint, 'id' | 'organisation'>,
  secret: { readonly id: SecretId; readonly sealed: Buffer; readonly createdAt: Date },
): Promise<void> {
  await tx
    .insertInto('webhook_secrets')
    .values({
      id: secretId.toUuid(secret.id),
      endpoint_id: endpointId.toUuid(id),
      org_id: organisation && orgId.toUuid(organisation),
      sealed: secret.sealed,
      created_at: secret.createdAt,
    })
    .execute()
}

export const endSecretAt = (tx: EndpointTx, id: SecretId, at: Date): Promise<unknown> =>
  tx.updateTable('webhook_secrets').set({ expires_at: at }).where('id', '=', secretId.toUuid(id)).execute()

/** All of an endpoint but these: nobody keeps what signs nothing any more. */
export const deleteSecretsBut = (tx: Tx, endpoint: EndpointId, kept: readonly SecretId[]): Promise<unknown> =>
  tx
    .deleteFrom('webhook_secrets')
    .where('endpoint_id', '=', endpointId.toUuid(endpoint))
    .$if(kept.length > 0, (query) => query.where('id', 'not in', kept.map(secretId.toUuid)))
    .execute()

export interface EndedSecret {
  readonly endpoint: EndpointId
  readonly organisation: Id<'org'> | null
  readonly endedAt: Date
}

/** What somebody rotates or removes at this moment is left for the next time. */
export async function deleteEnded(tx: InstanceTx, now: Date, limit: number): Promise<EndedSecret[]> {
  const ended = tx
    .selectFrom('webhook_secrets')
    .select('id')
    .where('expires_at', '<=', now)
    .limit(limit)
    .forUpdate()
    .skipLocked()
  const rows = await tx
    .deleteFrom('webhook_secrets')
    .where('id', 'in', ended)
    .returning(['endpoint_id', 'org_id', 'expires_at'])
    .execute()
  return rows.map(({ endpoint_id, org_id, expires_at }) => ({
    endpoint: endpointId.fromUuid(endpoint_id),
    organisation: org_id === null ? null : orgId.fromUuid(org_id),
    endedAt: expires_at ?? now,
  }))
}
