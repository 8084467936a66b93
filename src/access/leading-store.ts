import { sql } from 'kysely'
import { z } from 'zod'
import type { InstanceTx } from '../db/transaction.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { OWN_API, type OwnPermission } from './permission.ts'

const orgId = defineId('org')
const givesRoles: OwnPermission = 'roles.assign'

/** Whether such permissions, by API as a role has them, let whoever has it give roles to others. */
export const givesRolesAway = (permissions: unknown): boolean => {
  const own = byApi.safeParse(permissions)
  return own.success && (own.data[OWN_API] ?? []).includes(givesRoles)
}
const byApi = z.record(z.string(), z.array(z.string()))

/** Whether any of these roles is one that the organisation cannot be without, or whose bearers give roles to others. */
export async function isLeading(tx: InstanceTx, organisation: Id<'org'>, roles: readonly string[]): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM roles r JOIN organisations o ON o.id = ${orgId.toUuid(organisation)}::uuid
    WHERE (r.kept OR r.permissions -> ${OWN_API}::text ? ${givesRoles}) AND r.deleted_at IS NULL
      AND (r.org_id = o.id OR (r.org_id IS NULL AND r.template = o.template)) AND r.key = ANY(${[...roles]}::text[])
    LIMIT 1`.execute(tx)
  return rows.length > 0
}
