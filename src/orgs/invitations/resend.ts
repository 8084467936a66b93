import { inOrganisation } from '../../db/transaction.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { OrgId } from '../org.ts'
import { type Acting, type Authority, within } from '../ports.ts'
import { type Invitation, type InvitationId, MOST_LETTERS } from './invitation.ts'
import { inviterOf, sending } from './letter.ts'
import { addressOf } from './sealed-address.ts'
import type { InvitationsDeps } from './service.ts'
import { findInvitation, renewInvitation } from './store.ts'

export type ResendRefusal =
  | 'not-found'
  | 'not-active'
  | 'no-invitation'
  | 'ended'
  | 'forbidden'
  | 'beyond-authority'
  | 'roles-gone'
  | 'address-not-admitted'
  | 'most-letters'
  | { readonly reason: 'too-many-letters'; readonly retryAfterSeconds: number }

export function resending<By extends Acting, Hashed>(deps: InvitationsDeps<By, Hashed>) {
  const { db, people, roles, admits, seals, limitLetters, maskAddress, nobody, lifetime, clock, record } = deps
  const send = sending(deps)
  const openEmail = addressOf(seals)

  return async (
    by: By,
    authority: Authority,
    org: OrgId,
    id: InvitationId,
  ): Promise<Result<Invitation, ResendRefusal>> => {
    if (!authority.allows('members.invite')) return fail('forbidden')
    const seen = await inOrganisation(db, org, (tx) => findInvitation(tx, org, id))
    if (!seen) return fail('no-invitation')
    const { email } = await openEmail(seen)
    const allowed = await limitLetters(email)
    if (!allowed.ok) return fail({ reason: 'too-many-letters', retryAfterSeconds: allowed.retryAfterSeconds })

    const known = await people.findByEmail(email)
    return changing(db, org, async (tx, organisation): Promise<Result<Invitation, ResendRefusal>> => {
      if (organisation.status !== 'active') return fail('not-active')
      const row = await findInvitation(tx, org, id)
      if (row?.status !== 'pending') return fail('ended')
      if (row.letters >= MOST_LETTERS) return fail('most-letters')
      const given = await roles.rolesFor(tx, row.roles)
      if (given.length < row.roles.length) return fail('roles-gone')
      if (!authority.mayGive(given)) return fail('beyond-authority')
      const now = clock.now()
      const renewed = {
        ...row,
        invitedBy: inviterOf(by),
        letters: row.letters + 1,
        sentAt: now,
        expiresAt: new Date(now.getTime() + lifetime),
      }
      const invitation = await openEmail(renewed)
      if (!(await admits(tx, organisation, invitation.email))) return fail('address-not-admitted')
      await renewInvitation(tx, renewed, await send(tx, organisation, invitation, { known, locale: undefined }))
      await record(tx, within(by, org), {
        action: 'invitation.resent',
        target: id,
        after: {
          public: { letters: renewed.letters, expiresAt: renewed.expiresAt.toISOString() },
          personal: { personId: nobody, fields: { email: maskAddress(invitation.email) } },
        },
      })
      return ok(invitation)
    })
  }
}
