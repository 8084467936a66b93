import type { InstanceTx } from '../../db/transaction.ts'
import { type OrgId, orgId } from '../org.ts'
import { type InvitationId, invitationId } from './invitation.ts'

interface Gone {
  readonly id: InvitationId
  readonly organisation: OrgId
  readonly status: string
}

/** Those that ended, or could have been accepted last, before then; by invitations_by_end. */
export async function deleteEnded(tx: InstanceTx, before: Date, limit: number): Promise<Gone[]> {
  const rows = await tx
    .deleteFrom('invitations')
    .where('id', 'in', (old) =>
      old
        .selectFrom('invitations')
        .select('id')
        .where((of) => of(of.fn.coalesce('ended_at', 'expires_at'), '<', before))
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'org_id', 'status'])
    .execute()
  return rows.map(({ id, org_id, status }) => ({
    id: invitationId.fromUuid(id),
    organisation: orgId.fromUuid(org_id),
    status,
  }))
}
