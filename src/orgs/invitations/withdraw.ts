import { type Asked, answerIn } from '../../db/asked.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { OrgId } from '../org.ts'
import { type Acting, type Authority, within } from '../ports.ts'
import type { Invitation, InvitationId } from './invitation.ts'
import { addressOf } from './sealed-address.ts'
import type { InvitationsDeps } from './service.ts'
import { findInvitation, type InvitationRow, withdrawInvitation } from './store.ts'

export type WithdrawRefusal = 'not-found' | 'no-invitation' | 'ended' | 'forbidden' | 'beyond-authority'

export function withdrawing<By extends Acting, Hashed>(deps: InvitationsDeps<By, Hashed>) {
  const { db, roles, seals, clock, record } = deps
  const openEmail = addressOf(seals)
  const withdraw = (by: By, asked: Asked<Authority>, org: OrgId, id: InvitationId) =>
    changing(db, org, async (tx): Promise<Result<InvitationRow, WithdrawRefusal>> => {
      const authority = await answerIn(tx, asked)
      if (!authority.allows('members.invite')) return fail('forbidden')
      const row = await findInvitation(tx, org, id)
      if (!row) return fail('no-invitation')
      if (!authority.mayGive(await roles.rolesFor(tx, row.roles))) return fail('beyond-authority')
      if (!(await withdrawInvitation(tx, org, id, clock.now()))) return fail('ended')
      await record(tx, within(by, org), {
        action: 'invitation.withdrawn',
        target: id,
        before: { public: { status: row.status } },
        after: { public: { status: 'withdrawn' } },
      })
      return ok({ ...row, status: 'withdrawn' })
    })
  return async (
    by: By,
    asked: Asked<Authority>,
    org: OrgId,
    id: InvitationId,
  ): Promise<Result<Invitation, WithdrawRefusal>> => {
    const withdrawn = await withdraw(by, asked, org, id)
    return withdrawn.ok ? ok(await openEmail(withdrawn.value)) : withdrawn
  }
}
