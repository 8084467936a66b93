import { enterOrganisation, inCredential, type OrgTx } from '../../db/transaction.ts'
import { defineId } from '../../lib/ids.ts'
import { isMemberId } from '../memberships/member-id.ts'
import type { MemberId } from '../memberships/membership.ts'
import type { Organisation } from '../org.ts'
import type { Acting, Role } from '../ports.ts'
import { findSeat } from '../seats/store.ts'
import { findOrganisation } from '../store.ts'
import { hashOf, type Invitation } from './invitation.ts'
import { addressOf } from './sealed-address.ts'
import type { InvitationsDeps } from './service.ts'
import { findByToken, type InvitationRow } from './store.ts'

const userId = defineId('usr')

/** What the page behind the link says. */
export interface OpenInvitation {
  readonly organisation: { readonly slug: string; readonly name: string }
  readonly roles: readonly string[]
  readonly email: string
  /** Undefined where the operator of the service invites. */
  readonly inviter: string | undefined
  readonly expiresAt: Date
  /** Whether the address has an account: said to nobody but whoever holds the link, and so the mailbox. */
  readonly hasAccount: boolean
}

export interface Opening {
  find(token: string): Promise<{ readonly row: InvitationRow; readonly tokenHash: Buffer } | undefined>
  /** The roles that it gives at this moment; undefined where it gives nothing any more. */
  standing(
    tx: OrgTx,
    row: InvitationRow,
    organisation: Organisation,
  ): Promise<{ readonly roles: readonly Role[]; readonly invitation: Invitation } | undefined>
  look(token: string): Promise<OpenInvitation | undefined>
}

export function opening<By extends Acting, Hashed>(deps: InvitationsDeps<By, Hashed>): Opening {
  const { db, people, roles, admits, seals, clock } = deps
  const openEmail = addressOf(seals)

  /** Whoever was removed, suspended or given less since lets nobody in any more. */
  async function mayStill(tx: OrgTx, { organisation, invitedBy }: InvitationRow, given: readonly Role[]) {
    if (!isMemberId(invitedBy)) return /^(operator|system):/.test(invitedBy)
    if (userId.is(invitedBy)) {
      const person = await people.findIn(tx, invitedBy)
      if (person?.status !== 'active') return false
      if (person.instanceRole === 'admin') return true
    }
    const member: MemberId = invitedBy
    const seat = await findSeat(tx, organisation, member)
    if (seat?.status !== 'active') return false
    const authority = await roles.authorityIn(tx, seat)
    return authority.allows('members.invite') && authority.mayGive(given)
  }

  const standing: Opening['standing'] = async (tx, row, organisation) => {
    if (row.status !== 'pending' || row.expiresAt <= clock.now() || organisation.status !== 'active') return undefined
    const given = await roles.rolesFor(tx, row.roles)
    // A role that is gone is not made up for by the others: nobody agreed to less.
    if (given.length < row.roles.length || !(await mayStill(tx, row, given))) return undefined
    const invitation = await openEmail(row)
    return (await admits(tx, organisation, invitation.email)) ? { roles: given, invitation } : undefined
  }

  const find: Opening['find'] = async (token) => {
    const tokenHash = hashOf(token)
    const row = tokenHash && (await inCredential(db, tokenHash, (tx) => findByToken(tx, tokenHash)))
    return row && tokenHash && { row, tokenHash }
  }

  return {
    find,
    standing,
    look: async (token) => {
      const found = await find(token)
      if (!found) return undefined
      const { row } = found
      const seen = await db.transaction().execute(async (unscoped) => {
        const tx = await enterOrganisation(unscoped, row.organisation)
        const organisation = await findOrganisation(tx, row.organisation)
        const stands = organisation && (await standing(tx, row, organisation))
        if (!stands) return undefined
        const inviter = userId.is(row.invitedBy) ? await people.findIn(tx, row.invitedBy) : undefined
        return { organisation, ...stands, inviter: inviter?.name }
      })
      if (!seen) return undefined
      const { organisation, roles: given, invitation, inviter } = seen
      return {
        organisation,
        roles: given.map(({ name }) => name),
        email: invitation.email,
        inviter,
        expiresAt: row.expiresAt,
        hasAccount: (await people.findByEmail(invitation.email)) !== undefined,
      }
    },
  }
}
