import { enterOrganisation, inCredential, inTransaction, type OrgTx } from '../../db/transaction.ts'
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
import { findByToken } from './store.ts'

const userId = defineId('usr')

/** What the page behind the link says. */
export interface OpenInvitation {
  readonly organisation: { readonly slug: string; readonly name: string }
  readonly roles: readonly Pick<Role, 'key' | 'name' | 'template'>[]
  readonly email: string
  /** Undefined where the operator of the service invites. */
  readonly inviter: string | undefined
  readonly expiresAt: Date
  /** Whether the address has an account: said to nobody but whoever holds the link, and so the mailbox. */
  readonly hasAccount: boolean
}

export interface Opening {
  /** With its address, which is opened before any transaction: a key that we have not met takes a connection of its own. */
  find(token: string): Promise<{ readonly invitation: Invitation; readonly tokenHash: Buffer } | undefined>
  /** The roles that it gives at this moment; undefined where it gives nothing any more. */
  standing(tx: OrgTx, invitation: Invitation, organisation: Organisation): Promise<readonly Role[] | undefined>
  look(token: string): Promise<OpenInvitation | undefined>
}

export function opening<By extends Acting, Hashed>(deps: InvitationsDeps<By, Hashed>): Opening {
  const { db, people, programs, roles, admits, seals, clock } = deps
  const openEmail = addressOf(seals)

  /** Whoever was removed, suspended or given less since lets nobody in any more. */
  async function mayStill(tx: OrgTx, { organisation, invitedBy }: Invitation, given: readonly Role[]) {
    if (!isMemberId(invitedBy)) return /^(operator|system):/.test(invitedBy)
    if (userId.is(invitedBy)) {
      const person = await people.findIn(tx, invitedBy)
      if (person?.status !== 'active') return false
      if (person.instanceRole === 'admin') return true
    } else if ((await programs.findIn(tx, invitedBy))?.status !== 'active') return false
    const member: MemberId = invitedBy
    const seat = await findSeat(tx, organisation, member)
    if (seat?.status !== 'active') return false
    const authority = await roles.authorityIn(tx, seat)
    return authority.allows('members.invite') && authority.mayGive(given)
  }

  const standing: Opening['standing'] = async (tx, invitation, organisation) => {
    const { status, expiresAt, email, roles: meant } = invitation
    if (status !== 'pending' || expiresAt <= clock.now() || organisation.status !== 'active') return undefined
    const given = await roles.rolesFor(tx, meant)
    // A role that is gone is not made up for by the others: nobody agreed to less.
    if (given.length < meant.length || !(await mayStill(tx, invitation, given))) return undefined
    return (await admits(tx, organisation, email)) ? given : undefined
  }

  const find: Opening['find'] = async (token) => {
    const tokenHash = hashOf(token)
    const row = tokenHash && (await inCredential(db, tokenHash, (tx) => findByToken(tx, tokenHash)))
    return row && tokenHash && { invitation: await openEmail(row), tokenHash }
  }

  return {
    find,
    standing,
    look: async (token) => {
      const found = await find(token)
      if (!found) return undefined
      const { invitation } = found
      const seen = await inTransaction(db, async (unscoped) => {
        const tx = await enterOrganisation(unscoped, invitation.organisation)
        const organisation = await findOrganisation(tx, invitation.organisation)
        const given = organisation && (await standing(tx, invitation, organisation))
        if (!given) return undefined
        const { invitedBy } = invitation
        const inviter = userId.is(invitedBy) ? await people.findIn(tx, invitedBy) : undefined
        return { organisation, given, inviter: inviter?.name }
      })
      if (!seen) return undefined
      const { organisation, given, inviter } = seen
      return {
        organisation,
        roles: given,
        email: invitation.email,
        inviter,
        expiresAt: invitation.expiresAt,
        hasAccount: (await people.findByEmail(invitation.email)) !== undefined,
      }
    },
  }
}
