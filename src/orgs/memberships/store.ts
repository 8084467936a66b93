import { type ExpressionBuilder, sql } from 'kysely'
import type { RoleId } from '../../access/role.ts'
import type { DB } from '../../db/schema.gen.ts'
import type { OrgTx } from '../../db/transaction.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { type OrgId, orgId } from '../org.ts'
import type { People } from '../ports.ts'
import { kindOf, type MemberKind, memberFrom, memberUuid } from './member-id.ts'
import type { MemberId, Membership, MembershipStatus } from './membership.ts'

export const roleId = defineId('rol')
const userId = defineId('usr')

/** Written out: a partial index is used only where the statement itself says what the index leaves out. */
export const removed = sql.lit('removed')

const rolesOf = (of: ExpressionBuilder<DB, 'memberships'>) =>
  sql<string[]>`ARRAY(SELECT r.role_id FROM membership_roles r
    WHERE r.org_id = ${of.ref('memberships.org_id')} AND r.member_id = ${of.ref('memberships.member_id')}
    ORDER BY r.role_id)`.as('role_ids')

interface Row {
  readonly org_id: string
  readonly member_id: string
  readonly member_kind: string
  readonly status: string
  readonly joined_at: Date
  readonly role_ids: readonly string[]
}

export const membershipStatusIn = (text: string): MembershipStatus =>
  text === 'active' ? 'active' : text === 'suspended' ? 'suspended' : 'removed'

const toMembership = (row: Row): Membership => ({
  organisation: orgId.fromUuid(row.org_id),
  member: memberFrom(row.member_kind, row.member_id),
  status: membershipStatusIn(row.status),
  roles: row.role_ids.map(roleId.fromUuid),
  joinedAt: row.joined_at,
})

const standing = (tx: OrgTx, org: OrgId) =>
  tx
    .selectFrom('memberships')
    .select(['org_id', 'member_id', 'member_kind', 'status', 'joined_at'])
    .select(rolesOf)
    .where('org_id', '=', orgId.toUuid(org))
    .where('status', '!=', removed)

/** By the primary key. */
export async function findMembership(tx: OrgTx, org: OrgId, member: MemberId): Promise<Membership | undefined> {
  const row = await standing(tx, org).where('member_id', '=', memberUuid(member)).executeTakeFirst()
  return row && toMembership(row)
}

export interface MemberPage {
  readonly kind?: MemberKind
  readonly after?: MemberId
  readonly limit: number
}

export async function listMemberships(
  tx: OrgTx,
  org: OrgId,
  { kind, after, limit }: MemberPage,
): Promise<Membership[]> {
  let page = standing(tx, org).orderBy('member_id').limit(limit)
  if (kind) page = page.where('member_kind', '=', kind)
  if (after) page = page.where('member_id', '>', memberUuid(after))
  return (await page.execute()).map(toMembership)
}

/** Of people alone, through `memberships_of_org`. */
export async function countPeopleOf(tx: OrgTx, org: OrgId): Promise<number> {
  const { number } = await tx
    .selectFrom('memberships')
    .select((of) => of.fn.countAll<string>().as('number'))
    .where('org_id', '=', orgId.toUuid(org))
    .where('member_kind', '=', 'person')
    .where('status', '!=', removed)
    .executeTakeFirstOrThrow()
  return Number(number)
}

/**
 * Whoever was removed joins anew: from now on, and with nothing of what they had. False: they are a member already.
 */
export async function insertMembership(tx: OrgTx, org: OrgId, member: MemberId, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('memberships')
    .values({
      org_id: orgId.toUuid(org),
      member_id: memberUuid(member),
      member_kind: kindOf(member),
      status: 'active',
      joined_at: at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['org_id', 'member_id'])
        .doUpdateSet({ status: 'active', joined_at: at, suspended_at: null, removed_at: null })
        .where('memberships.status', '=', 'removed'),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function changeMembershipStatus(
  tx: OrgTx,
  org: OrgId,
  member: MemberId,
  to: MembershipStatus,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('memberships')
    .set({
      status: to,
      suspended_at: to === 'suspended' ? at : null,
      removed_at: to === 'removed' ? at : null,
    })
    .where('org_id', '=', orgId.toUuid(org))
    .where('member_id', '=', memberUuid(member))
    .execute()
}

export async function giveRoles(
  tx: OrgTx,
  org: OrgId,
  member: MemberId,
  roles: readonly RoleId[],
  at: Date,
): Promise<void> {
  if (roles.length === 0) return
  await tx
    .insertInto('membership_roles')
    .values(
      roles.map((role) => ({
        org_id: orgId.toUuid(org),
        member_id: memberUuid(member),
        role_id: roleId.toUuid(role),
        given_at: at,
      })),
    )
    .execute()
}

export async function takeRoles(tx: OrgTx, org: OrgId, member: MemberId, roles: readonly RoleId[]): Promise<void> {
  if (roles.length === 0) return
  await tx
    .deleteFrom('membership_roles')
    .where('org_id', '=', orgId.toUuid(org))
    .where('member_id', '=', memberUuid(member))
    .where('role_id', 'in', roles.map(roleId.toUuid))
    .execute()
}

/** Active people with one of these roles, each once, by their ids. */
export async function activeBearers(
  tx: OrgTx,
  org: OrgId,
  roles: readonly { readonly id: RoleId }[],
  limit: number,
): Promise<Id<'usr'>[]> {
  if (roles.length === 0) return []
  const rows = await tx
    .selectFrom('membership_roles as held')
    .innerJoin('memberships as theirs', (join) =>
      join.onRef('theirs.org_id', '=', 'held.org_id').onRef('theirs.member_id', '=', 'held.member_id'),
    )
    .select('held.member_id')
    .distinct()
    .where('held.org_id', '=', orgId.toUuid(org))
    .where(
      'held.role_id',
      'in',
      roles.map(({ id }) => roleId.toUuid(id)),
    )
    .where('theirs.member_kind', '=', 'person')
    .where('theirs.status', '=', 'active')
    .orderBy('held.member_id')
    .limit(limit)
    .execute()
  return rows.map(({ member_id }) => userId.fromUuid(member_id))
}

/**
 * Whether another active person bears the role. Neither does a program count, nor whoever may not sign in at all: neither
 * could manage anything. Only under the lock of the organisation does nothing that it decides change a moment later.
 */
export async function anotherBears(
  tx: OrgTx,
  { isActive }: Pick<People, 'isActive'>,
  { org, role, member }: { readonly org: OrgId; readonly role: RoleId; readonly member: MemberId },
): Promise<boolean> {
  const row = await tx
    .selectFrom('membership_roles as held')
    .innerJoin('memberships as theirs', (join) =>
      join.onRef('theirs.org_id', '=', 'held.org_id').onRef('theirs.member_id', '=', 'held.member_id'),
    )
    .select('held.member_id')
    .where('held.org_id', '=', orgId.toUuid(org))
    .where('held.role_id', '=', roleId.toUuid(role))
    .where('held.member_id', '!=', memberUuid(member))
    .where('theirs.member_kind', '=', 'person')
    .where('theirs.status', '=', 'active')
    .where(isActive(sql.ref('held.member_id')))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
