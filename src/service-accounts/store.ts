import { enterMember, type OrgTx } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import {
  type ServiceAccount,
  type ServiceAccountId,
  type ServiceAccountStatus,
  serviceAccountId,
} from './service-account.ts'

const orgId = defineId('org')

const accounts = (db: Db) =>
  db
    .selectFrom('service_accounts')
    .select(['id', 'org_id', 'name', 'description', 'status', 'created_at'])
    .where('status', '!=', 'removed')

type Row = Awaited<ReturnType<ReturnType<typeof accounts>['execute']>>[number]

const toAccount = ({ id, org_id, name, description, status, created_at }: Row): ServiceAccount => ({
  id: serviceAccountId.fromUuid(id),
  organisation: orgId.fromUuid(org_id),
  name,
  description,
  // Whatever is not plainly active is not.
  status: status === 'active' ? 'active' : 'disabled',
  createdAt: created_at,
})

export async function insertAccount(tx: OrgTx, account: ServiceAccount): Promise<void> {
  await tx
    .insertInto('service_accounts')
    .values({
      id: serviceAccountId.toUuid(account.id),
      org_id: orgId.toUuid(account.organisation),
      name: account.name,
      description: account.description,
      status: account.status,
      created_at: account.createdAt,
    })
    .execute()
}

/** Locked until the transaction ends. */
export async function lockAccount(
  tx: OrgTx,
  organisation: Id<'org'>,
  id: ServiceAccountId,
): Promise<ServiceAccount | undefined> {
  const row = await accounts(tx)
    .where('id', '=', serviceAccountId.toUuid(id))
    .where('org_id', '=', orgId.toUuid(organisation))
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row && toAccount(row)
}

/** As itself: it may work for another organisation than the one that looks after it. */
export async function findItself(tx: Tx, id: ServiceAccountId): Promise<ServiceAccount | undefined> {
  const own = await enterMember(tx, id)
  const row = await accounts(own).where('id', '=', serviceAccountId.toUuid(id)).executeTakeFirst()
  return row && toAccount(row)
}

/** By service_accounts_of_org. */
export async function listAccounts(
  tx: OrgTx,
  organisation: Id<'org'>,
  after: ServiceAccountId | undefined,
  limit: number,
): Promise<ServiceAccount[]> {
  const page = accounts(tx).where('org_id', '=', orgId.toUuid(organisation)).orderBy('id').limit(limit)
  const rows = await (after ? page.where('id', '>', serviceAccountId.toUuid(after)) : page).execute()
  return rows.map(toAccount)
}

/** However many they are: for what ends with them. */
export async function allAccountsOf(tx: OrgTx, organisation: Id<'org'>): Promise<ServiceAccountId[]> {
  const rows = await accounts(tx).where('org_id', '=', orgId.toUuid(organisation)).orderBy('id').execute()
  return rows.map(({ id }) => serviceAccountId.fromUuid(id))
}

export const changeStatus = (tx: OrgTx, id: ServiceAccountId, to: ServiceAccountStatus, at: Date): Promise<unknown> =>
  tx
    .updateTable('service_accounts')
    .set({ status: to, ended_at: to === 'active' ? null : at })
    .where('id', '=', serviceAccountId.toUuid(id))
    .execute()
