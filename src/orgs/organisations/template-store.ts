import { sql } from 'kysely'
import type { RoleId } from '../../access/role.ts'
import type { OrgTx } from '../../db/transaction.ts'
import { roleId } from '../memberships/store.ts'
import { type OrgId, orgId } from '../org.ts'

/** Which of these roles somebody has, or will have as soon as they accept. Of those who were removed nobody has one. */
export async function givenOf(tx: OrgTx, org: OrgId, roles: readonly RoleId[]): Promise<RoleId[]> {
  const ids = roles.map(roleId.toUuid)
  const { rows } = await sql<{ role_id: string }>`
    SELECT role_id FROM membership_roles WHERE org_id = ${orgId.toUuid(org)} AND role_id = ANY(${ids}::uuid[])
    UNION
    SELECT unnest(role_ids) FROM invitations WHERE org_id = ${orgId.toUuid(org)} AND status = 'pending'`.execute(tx)
  const found = new Set(rows.map((row) => roleId.fromUuid(row.role_id)))
  return roles.filter((id) => found.has(id))
}

/** Whoever has the one, or is invited to it, has the others instead; what they have of those already, they have once. */
export async function moveRole(tx: OrgTx, org: OrgId, from: RoleId, to: readonly RoleId[]): Promise<void> {
  const [uuid, was, are] = [orgId.toUuid(org), roleId.toUuid(from), to.map(roleId.toUuid)]
  await sql`
    INSERT INTO membership_roles (org_id, member_id, role_id, given_at)
    SELECT held.org_id, held.member_id, other.id, held.given_at
    FROM membership_roles held, unnest(${are}::uuid[]) AS other(id)
    WHERE held.org_id = ${uuid} AND held.role_id = ${was}
    ON CONFLICT DO NOTHING`.execute(tx)
  await sql`DELETE FROM membership_roles WHERE org_id = ${uuid} AND role_id = ${was}`.execute(tx)
  await sql`
    UPDATE invitations
    SET role_ids = ARRAY(SELECT DISTINCT unnest(array_remove(role_ids, ${was}::uuid) || ${are}::uuid[]))
    WHERE org_id = ${uuid} AND status = 'pending' AND role_ids @> ARRAY[${was}]::uuid[]`.execute(tx)
}
