import { type Asked, answerIn } from '../../db/asked.ts'
import { inOrganisation, type OrgTx } from '../../db/transaction.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { changing, looking } from '../in-organisation.ts'
import type { Organisation, OrgId } from '../org.ts'
import { type Acting, type Authority, within } from '../ports.ts'
import { type Invitation, type InvitationId, MOST_LETTERS } from './invitation.ts'
import { inviterOf, sending } from './letter.ts'
import type { LetterRefusal } from './ports.ts'
import { addressOf, withAddress } from './sealed-address.ts'
import type { InvitationsDeps } from './service.ts'
import { findInvitation, type InvitationRow, renewInvitation } from './store.ts'

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
  | LetterRefusal

export function resending<By extends Acting, Hashed>(deps: InvitationsDeps<By, Hashed>) {
  const { db, people, roles, admits, seals, limitLetters, maskAddress, nobody, lifetime, clock, record } = deps
  const send = sending(deps)
  const openEmail = addressOf(seals)

  async function judge(
    tx: OrgTx,
    asked: Asked<Authority>,
    organisation: Organisation,
    { id, email }: Pick<Invitation, 'id' | 'email'>,
  ): Promise<Result<InvitationRow, ResendRefusal>> {
    const authority = await answerIn(tx, asked)
    if (!authority.allows('members.invite')) return fail('forbidden')
    if (organisation.status !== 'active') return fail('not-active')
    const row = await findInvitation(tx, organisation.id, id)
    if (row?.status !== 'pending') return fail('ended')
    if (row.letters >= MOST_LETTERS) return fail('most-letters')
    const given = await roles.rolesFor(tx, row.roles)
    if (given.length < row.roles.length) return fail('roles-gone')
    if (!authority.mayGive(given)) return fail('beyond-authority')
    return (await admits(tx, organisation, email)) ? ok(row) : fail('address-not-admitted')
  }

  return async (
    by: By,
    asked: Asked<Authority>,
    org: OrgId,
    id: InvitationId,
  ): Promise<Result<Invitation, ResendRefusal>> => {
    const seen = await inOrganisation(db, org, async (tx) =>
      (await answerIn(tx, asked)).allows('members.invite') ? ok(await findInvitation(tx, org, id)) : fail('forbidden'),
    )
    if (!seen.ok) return fail('forbidden')
    if (!seen.value) return fail('no-invitation')
    const { email } = await openEmail(seen.value)
    const judged = await looking(db, org, (tx, organisation) => judge(tx, asked, organisation, { id, email }))
    if (!judged.ok) return judged
    // As for a new one: counted last.
    const allowed = await limitLetters(email, org)
    if (!allowed.ok) return allowed

    const known = await people.findByEmail(email)
    return changing(db, org, async (tx, organisation): Promise<Result<Invitation, ResendRefusal>> => {
      const again = await judge(tx, asked, organisation, { id, email })
      if (!again.ok) return again
      const row = again.value
      const now = clock.now()
      const renewed = {
        ...row,
        invitedBy: inviterOf(by),
        letters: row.letters + 1,
        sentAt: now,
        expiresAt: new Date(now.getTime() + lifetime),
      }
      const invitation = withAddress(renewed, email)
      await renewInvitation(
        tx,
        renewed,
        await send(tx, organisation, invitation, {
          known,
          locale: undefined,
          roles: await roles.rolesFor(tx, row.roles),
        }),
      )
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
