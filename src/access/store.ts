import { type SelectQueryBuilder, sql } from 'kysely'
import type { DB } from '../db/schema.gen.ts'
import type { InstanceTx, OrgTx } from '../db/transaction.ts'
import type { Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { inOrder, permissionSet } from './permission.ts'
import { isRoleDemand, type Role, type RoleId, roleId } from './role.ts'

export const ROLES_CHANNEL = 'hearthkey_roles'
const organisationId = defineId('org')

const columns = [
  'id',
  'org_id',
  'template',
  'key',
  'name',
  'description',
  'permissions',
  'may_assign',
  'kept',
  'api_only',
  'mfa',
] as const

interface Selected {
  readonly id: string
  readonly org_id: string | null
  readonly template: string | null
  readonly key: string
  readonly name: string
  readonly description: string
  readonly permissions: unknown
  readonly may_assign: string[]
  readonly kept: boolean
  readonly api_only: boolean
  readonly mfa: string | null
}

const toRole = (row: Selected): Role => ({
  id: roleId.fromUuid(row.id),
  organisation: row.org_id === null ? undefined : organisationId.fromUuid(row.org_id),
  template: row.template ?? undefined,
  key: row.key,
  name: row.name,
  description: row.description,
  permissions: inOrder(permissionSet.parse(row.permissions)),
  mayAssign: row.may_assign,
  kept: row.kept,
  apiOnly: row.api_only,
  mfa: isRoleDemand(row.mfa) ? row.mfa : null,
})

/** Removed ones are read by nobody. */
const live = (tx: Tx) => tx.selectFrom('roles').select(columns).where('deleted_at', 'is', null)
const read = async (query: SelectQueryBuilder<DB, 'roles', Selected>): Promise<Role[]> =>
  (await query.execute()).map(toRole)

/** By primary key. */
export const rolesById = (tx: OrgTx | InstanceTx, ids: readonly RoleId[]): Promise<Role[]> =>
  read(live(tx).where('id', '=', sql<string>`ANY(${ids.map(roleId.toUuid)}::uuid[])`))

/** A removal of one of them waits for this transaction, or this waits for it: nobody is given a role that goes. */
export const ownRolesToGive = (tx: OrgTx, keys: readonly string[]): Promise<Role[]> =>
  read(
    ownRoles(tx)
      .where('key', 'in', [...keys])
      .forKeyShare(),
  )

export const templateRoles = (tx: Tx, template: string): Promise<Role[]> =>
  read(live(tx).where('org_id', 'is', null).where('template', '=', template).orderBy('id'))

const ownRoles = (tx: OrgTx) => live(tx).where('org_id', '=', sql<string>`current_org()`)

export const listOwnRoles = (tx: OrgTx): Promise<Role[]> => read(ownRoles(tx).orderBy('id'))

/** Nobody gives it, takes it or changes it until this transaction has ended. */
export const lockOwnRole = async (tx: OrgTx, key: string): Promise<Role | undefined> =>
  (await read(ownRoles(tx).where('key', '=', key).forUpdate()))[0]

/** Own ones whose bearers may give the role with this key, locked for the change. */
export const ownRolesThatGive = (tx: OrgTx, key: string): Promise<Role[]> =>
  read(ownRoles(tx).where(sql<boolean>`may_assign @> ARRAY[${key}]::text[]`).orderBy('id').forUpdate())

/** Of the organisation of this transaction; undefined where there is none, or none any more. */
export const templateHere = async (tx: OrgTx): Promise<string | undefined> =>
  (await organisationHere(tx).executeTakeFirst())?.template

/** The same, and after every other change of who may do what there: whoever lost a role a moment ago has lost it here. */
export const holdTemplateHere = async (tx: OrgTx): Promise<string | undefined> =>
  (await organisationHere(tx).forNoKeyUpdate().executeTakeFirst())?.template

const organisationHere = (tx: OrgTx) =>
  tx
    .selectFrom('organisations')
    .select('template')
    .where('id', '=', sql<string>`current_org()`)
    .where('status', '<>', 'deleted')

const toRow = (role: Role, at: Date) => ({
  id: roleId.toUuid(role.id),
  org_id: role.organisation ? organisationId.toUuid(role.organisation) : null,
  template: role.template ?? null,
  key: role.key,
  kept: role.kept,
  api_only: role.apiOnly,
  ...content(role),
  created_at: at,
})

const content = (role: Pick<Role, 'name' | 'description' | 'permissions' | 'mayAssign' | 'mfa'>) => ({
  name: role.name,
  description: role.description,
  permissions: JSON.stringify(role.permissions),
  may_assign: [...role.mayAssign],
  mfa: role.mfa,
})

/** False when the key is taken. */
export async function insertOwnRole(tx: OrgTx, role: Role, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('roles')
    .values(toRow(role, at))
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'key']).where('org_id', 'is not', null).where('deleted_at', 'is', null).doNothing(),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function updateOwnRole(tx: OrgTx, role: Role): Promise<void> {
  await tx.updateTable('roles').set(content(role)).where('id', '=', roleId.toUuid(role.id)).execute()
  await tellOfRole(tx, role.id)
}

export async function markRemoved(tx: OrgTx, id: RoleId, at: Date): Promise<void> {
  await tx.updateTable('roles').set({ deleted_at: at }).where('id', '=', roleId.toUuid(id)).execute()
  await tellOfRole(tx, id)
}

/** Some of the members who have the role; those who were removed have it no more. */
export async function someHolders(tx: OrgTx, id: RoleId, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('membership_roles as held')
    .innerJoin('memberships as member', (join) =>
      join.onRef('member.org_id', '=', 'held.org_id').onRef('member.member_id', '=', 'held.member_id'),
    )
    .select(['member.member_id', 'member.member_kind'])
    .where('held.org_id', '=', sql<string>`current_org()`)
    .where('held.role_id', '=', roleId.toUuid(id))
    .where('member.status', '<>', 'removed')
    .limit(limit)
    .execute()
  return rows.map(({ member_id, member_kind }) => memberIdOf(member_id, member_kind))
}

/**
 * Whether somebody has the role, or will have it as soon as they accept. Asked while the role is locked: whoever gives it
 * at this moment waits, and judges what it has become.
 */
export async function isGiven(tx: OrgTx, id: RoleId): Promise<boolean> {
  const invited = await tx
    .selectFrom('invitations')
    .select('id')
    .where('org_id', '=', sql<string>`current_org()`)
    .where('status', '=', 'pending')
    .where(sql<boolean>`role_ids @> ARRAY[${roleId.toUuid(id)}]::uuid[]`)
    .limit(1)
    .executeTakeFirst()
  return invited !== undefined || (await someHolders(tx, id, 1)).length > 0
}

const memberIdOf = (uuid: string, kind: string): string =>
  kind === 'person' ? defineId('usr').fromUuid(uuid) : defineId('sva').fromUuid(uuid)

export async function insertTemplateRole(tx: InstanceTx, role: Role, at: Date): Promise<void> {
  await tx.insertInto('roles').values(toRow(role, at)).execute()
}

export async function updateTemplateRole(tx: InstanceTx, role: Role): Promise<void> {
  const values = { ...content(role), kept: role.kept, api_only: role.apiOnly }
  await tx.updateTable('roles').set(values).where('id', '=', roleId.toUuid(role.id)).execute()
  await tellOfRole(tx, role.id)
}

/** `hkac` as a number: the class of this room's locks. */
const LOCKS = sql.lit(1_751_867_747)

/** Several instances over one database may start at once. */
export const lockTemplates = (tx: InstanceTx): Promise<unknown> =>
  sql`SELECT pg_advisory_xact_lock(${LOCKS}, 1)`.execute(tx)

/** Whoever takes a key that no template has must not be overtaken by a template that brings it; others who do may. */
export const shareTemplates = (tx: OrgTx): Promise<unknown> =>
  sql`SELECT pg_advisory_xact_lock_shared(${LOCKS}, 1)`.execute(tx)

/** Which of these keys are those of roles that organisations with the template made themselves, with one that did. */
export async function organisationsWithKeys(
  tx: InstanceTx,
  template: string,
  keys: readonly string[],
): Promise<{ readonly slug: string; readonly key: string }[]> {
  return tx
    .selectFrom('roles')
    .innerJoin('organisations', 'organisations.id', 'roles.org_id')
    .distinctOn('roles.key')
    .select(['organisations.slug', 'roles.key'])
    .where('organisations.template', '=', template)
    .where('organisations.status', '<>', 'deleted')
    .where('roles.key', 'in', [...keys])
    .where('roles.deleted_at', 'is', null)
    .orderBy('roles.key')
    .orderBy('organisations.slug')
    .execute()
}

export async function organisationsWithTemplate(tx: InstanceTx, template: string): Promise<Id<'org'>[]> {
  const rows = await tx
    .selectFrom('organisations')
    .select('id')
    .where('template', '=', template)
    .where('status', '<>', 'deleted')
    .execute()
  return rows.map(({ id }) => organisationId.fromUuid(id))
}

const tellOfRole = (tx: Tx, id: RoleId): Promise<unknown> => sql`SELECT pg_notify(${ROLES_CHANNEL}, ${id})`.execute(tx)
