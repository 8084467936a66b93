import type { Invitation, InvitationId } from './invitation.ts'
import { invitationId } from './invitation.ts'
import type { InvitationSeals } from './ports.ts'
import type { InvitationRow } from './store.ts'

/** Sealed by the instance: whoever is invited may have no account, and so no key. */
export const placeOfEmail = (id: InvitationId) =>
  ({ table: 'invitations', column: 'email', row: invitationId.toUuid(id) }) as const

export const addressOf =
  ({ instance }: InvitationSeals) =>
  async ({ sealedEmail, emailIndex: _, ...row }: InvitationRow): Promise<Invitation> => ({
    ...row,
    email: (await instance.openText(placeOfEmail(row.id), sealedEmail)).reveal(),
  })
