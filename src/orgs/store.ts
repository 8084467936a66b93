import { sql } from 'kysely'
import type { InstanceTx, OrgTx } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { type Organisation, type OrgId, type OrgStatus, orgId } from './org.ts'
import { policyShape } from './policy/policy.ts'
import { settingsShape } from './settings.ts'

const columns = [
  'id',
  'slug',
  'name',
  'status',
  'template',
  'policy',
  'settings',
  'quota',
  'audit_retention_days',
  'created_at',
] as const

interface Row {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly status: string
  readonly template: string
  readonly policy: unknown
  readonly settings: unknown
  readonly quota: number | null
  readonly audit_retention_days: number | null
  readonly created_at: Date
}

/** Whatever is not plainly active is not. */
export const statusIn = (text: string): OrgStatus =>
  text === 'active' ? 'active' : text === 'suspended' ? 'suspended' : 'deleted'

/** How long its log is kept. As the owner of the table: whoever serves must not have what they did forgotten. */
export const updateAuditRetention = (tx: OrgTx, id: OrgId, days: number | null): Promise<unknown> =>
  tx.updateTable('organisations').set({ audit_retention_days: days }).where('id', '=', orgId.toUuid(id)).execute()

/** From now on its members may have the roles of another one. As the owner of the table: nobody else may write it. */
export const updateTemplate = (tx: OrgTx, id: OrgId, template: string): Promise<unknown> =>
  tx.updateTable('organisations').set({ template }).where('id', '=', orgId.toUuid(id)).execute()

const toOrganisation = ({
  id,
  status,
  policy,
  settings,
  audit_retention_days,
  created_at,
  ...same
}: Row): Organisation => ({
  ...same,
  auditRetentionDays: audit_retention_days,
  id: orgId.fromUuid(id),
  status: statusIn(status),
  policy: policyShape.parse(policy),
  settings: settingsShape.parse(settings),
  createdAt: created_at,
})

const standing = (db: Db) => db.selectFrom('organisations').select(columns).where('status', '!=', 'deleted')

/** False: another one has the slug, or had it once. Of two at the same moment, the second waits for the first. */
export async function insertOrganisation(tx: OrgTx, organisation: Organisation): Promise<boolean> {
  const { id, slug, name, status, template, policy, settings, quota, createdAt } = organisation
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('organisations')
    .values({
      id: orgId.toUuid(id),
      slug,
      name,
      status,
      template,
      policy: JSON.stringify(policy),
      settings: JSON.stringify(settings),
      quota,
      created_at: createdAt,
    })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Of the whole instance, from within any scope: their number alone. */
export async function countOrganisations(db: Db): Promise<number> {
  const { rows } = await sql<{ number: string }>`SELECT count_organisations() AS number`.execute(db)
  return Number(rows[0]?.number)
}

export async function findOrganisation(tx: OrgTx, id: OrgId): Promise<Organisation | undefined> {
  const row = await standing(tx).where('id', '=', orgId.toUuid(id)).executeTakeFirst()
  return row && toOrganisation(row)
}

/**
 * Until the transaction ends: whatever changes who works in an organisation, or what it asks for, follows one another.
 * Whoever reads, and whoever issues a token, does not wait.
 */
export async function holdOrganisation(tx: OrgTx, id: OrgId): Promise<Organisation | undefined> {
  const row = await standing(tx).where('id', '=', orgId.toUuid(id)).forNoKeyUpdate().executeTakeFirst()
  return row && toOrganisation(row)
}

/**
 * The same for whoever changes none of that, but is judged by it: they wait for a change that has begun, the next change
 * waits for them, and they do not wait for each other.
 */
export const shareOrganisation = (tx: OrgTx, id: OrgId): Promise<unknown> =>
  standing(tx).where('id', '=', orgId.toUuid(id)).forShare().executeTakeFirst()

export async function findBySlug(tx: InstanceTx, slug: string): Promise<Organisation | undefined> {
  const row = await standing(tx).where('slug', '=', slug).executeTakeFirst()
  return row && toOrganisation(row)
}

export async function listOrganisations(
  tx: InstanceTx,
  after: OrgId | undefined,
  limit: number,
): Promise<Organisation[]> {
  const page = standing(tx).orderBy('id').limit(limit)
  const rows = await (after ? page.where('id', '>', orgId.toUuid(after)) : page).execute()
  return rows.map(toOrganisation)
}

export async function updateOrganisation(
  tx: OrgTx,
  { id, name, policy, settings, quota }: Pick<Organisation, 'id' | 'name' | 'policy' | 'settings' | 'quota'>,
): Promise<void> {
  await tx
    .updateTable('organisations')
    .set({
      name,
      policy: JSON.stringify(policy),
      settings: JSON.stringify(settings),
      quota,
    })
    .where('id', '=', orgId.toUuid(id))
    .execute()
}

export async function changeOrgStatus(tx: OrgTx, id: OrgId, to: OrgStatus, at: Date): Promise<void> {
  await tx
    .updateTable('organisations')
    .set({
      status: to,
      suspended_at: to === 'suspended' ? at : null,
      deleted_at: to === 'deleted' ? at : null,
    })
    .where('id', '=', orgId.toUuid(id))
    .execute()
}
