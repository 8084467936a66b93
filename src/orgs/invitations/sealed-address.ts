import type { Invitation, InvitationId } from './invitation.ts'
import { invitationId } from './invitation.ts'
import type { InvitationSeals } from './ports.ts'
import type { InvitationRow } from './store.ts'

/** Sealed by the instance: whoever is invited may have no account, and so no key. */
export const placeOfEmail = (id: InvitationId) =>
  ({ table: 'invitations', column: 'email', row: invitationId.toUuid(id) }) as const

/** Outside every transaction: a key that this process has not met is read over a connection of its own. */
export const addressOf =
  ({ instance }: InvitationSeals) =>
  async (row: InvitationRow): Promise<Invitation> =>
    withAddress(row, (await instance.openText(placeOfEmail(row.id), row.sealedEmail)).reveal())

/** An invitation keeps its address for as long as it is there. */
export const withAddress = ({ sealedEmail: _, emailIndex: __, ...row }: InvitationRow, email: string): Invitation => ({
  ...row,
  email,
})
