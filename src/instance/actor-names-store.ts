import { sql } from 'kysely'
import type { InstanceTx } from '../db/transaction.ts'
import { defineId, type Id, type IdKind } from '../lib/ids.ts'

const personId = defineId('usr')
const serviceAccountId = defineId('sva')
const keyId = defineId('key')

type Names = ReadonlyMap<string, string>

const NOBODY_NAMED: Names = new Map()

const among = <P extends string>(kind: IdKind<P>, ids: readonly string[]) =>
  sql<string>`ANY(${ids.filter(kind.is).map(kind.toUuid)}::uuid[])`

export async function personNames(
  tx: InstanceTx,
  ids: readonly Id<'usr'>[],
): Promise<{ readonly id: Id<'usr'>; readonly name: Buffer }[]> {
  const rows = await tx.selectFrom('users').select(['id', 'name']).where('id', '=', among(personId, ids)).execute()
  return rows.map(({ id, name }) => ({ id: personId.fromUuid(id), name }))
}

export async function clientNames(tx: InstanceTx, ids: readonly string[]): Promise<Names> {
  if (ids.length === 0) return NOBODY_NAMED
  const rows = await tx
    .selectFrom('oidc_clients')
    .select(['client_id', 'name'])
    .where('client_id', '=', sql<string>`ANY(${ids}::text[])`)
    .execute()
  return new Map(rows.map(({ client_id, name }) => [client_id, name]))
}

export async function serviceAccountNames(tx: InstanceTx, ids: readonly string[]): Promise<Names> {
  if (ids.length === 0) return NOBODY_NAMED
  const accounts = tx.selectFrom('service_accounts').select(['id', 'name'])
  const rows = await accounts.where('id', '=', among(serviceAccountId, ids)).execute()
  return new Map(rows.map(({ id, name }) => [serviceAccountId.fromUuid(id), name]))
}

export async function apiKeyNames(tx: InstanceTx, ids: readonly string[]): Promise<Names> {
  if (ids.length === 0) return NOBODY_NAMED
  const keys = tx.selectFrom('api_keys').select(['id', 'name'])
  const rows = await keys.where('id', '=', among(keyId, ids)).execute()
  return new Map(rows.map(({ id, name }) => [keyId.fromUuid(id), name]))
}
