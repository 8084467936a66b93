import { type Asked, answerIn } from '../../db/asked.ts'
import type { OrgTx } from '../../db/transaction.ts'
import { defineId } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { changing, looking } from '../in-organisation.ts'
import { keysOf } from '../memberships/join.ts'
import { notingRefusals } from '../memberships/refused.ts'
import { findMembership } from '../memberships/store.ts'
import type { Organisation, OrgId } from '../org.ts'
import { type Acting, type Address, type Authority, type Person, type Role, within } from '../ports.ts'
import { type Invitation, invitationId } from './invitation.ts'
import { inviterOf, sending } from './letter.ts'
import type { LetterRefusal } from './ports.ts'
import { placeOfEmail } from './sealed-address.ts'
import type { InvitationsDeps, NewInvitation } from './service.ts'
import { findOpenFor, type InvitationRow, insertInvitation, withdrawInvitation } from './store.ts'

export type InviteRefusal =
  | 'not-found'
  | 'not-active'
  | 'forbidden'
  | 'beyond-authority'
  | 'email-invalid'
  | 'address-not-admitted'
  | 'already-invited'
  | 'already-member'
  | { readonly reason: 'roles-unknown'; readonly unknown: readonly string[] }
  | LetterRefusal

/** Nobody: whoever looks for a membership of somebody unknown takes as long as for one of somebody known. */
const userId = defineId('usr')

interface Invited {
  readonly address: Address
  readonly known: Person | undefined
  readonly locale: string | undefined
}

interface Judged {
  readonly given: readonly Role[]
  readonly emailIndex: Buffer
  /** One that nobody answered in time: it makes way. */
  readonly expired: Pick<InvitationRow, 'id'> | undefined
}

export function inviting<By extends Acting, Hashed>(deps: InvitationsDeps<By, Hashed>) {
  const { db, people, roles, admits, seals, limitLetters, readAddress, maskAddress, nobody, clock, record } = deps
  const send = sending(deps)

  /** Everything for which somebody may be refused, but for the number of letters. */
  async function judge(
    tx: OrgTx,
    asked: Asked<Authority>,
    organisation: Organisation,
    { address, known }: Invited,
    keys: readonly string[],
  ): Promise<Result<Judged, InviteRefusal>> {
    const authority = await answerIn(tx, asked)
    if (!authority.allows('members.invite')) return fail('forbidden')
    const { id: org, template, status } = organisation
    if (status !== 'active') return fail('not-active')
    const named = await roles.rolesNamed(tx, template, keys)
    if (!named.ok) return fail({ reason: 'roles-unknown', unknown: named.error.unknown })
    if (!authority.mayGive(named.value)) return fail('beyond-authority')
    if (!(await admits(tx, organisation, address.address))) return fail('address-not-admitted')
    if (await findMembership(tx, org, known?.id ?? userId.generate())) return fail('already-member')
    const emailIndex = seals.blindIndex.exact('invitations.email', address.identity)
    const open = await findOpenFor(tx, org, emailIndex)
    if (open && open.expiresAt > clock.now()) return fail('already-invited')
    return ok({ given: named.value, emailIndex, expired: open })
  }

  async function write(
    tx: OrgTx,
    by: By,
    organisation: Organisation,
    { address, known, locale }: Invited,
    { given, emailIndex, expired: open }: Judged,
  ): Promise<Result<Invitation, InviteRefusal>> {
    const { id: org } = organisation
    const now = clock.now()
    if (open) {
      await withdrawInvitation(tx, org, open.id, now)
      await record(tx, by, {
        action: 'invitation.withdrawn',
        target: open.id,
        after: { public: { reason: 'expired' } },
      })
    }
    const id = invitationId.generate()
    const row: InvitationRow = {
      id,
      organisation: org,
      sealedEmail: seals.instance.seal(placeOfEmail(id), address.address),
      emailIndex,
      roles: given.map((role) => role.id),
      status: 'pending',
      invitedBy: inviterOf(by),
      letters: 1,
      createdAt: now,
      sentAt: now,
      expiresAt: new Date(now.getTime() + deps.lifetime),
    }
    const invitation: Invitation = { ...withoutSeal(row), email: address.address }
    const tokenHash = await send(tx, organisation, invitation, { known, locale, roles: given })
    await insertInvitation(tx, row, tokenHash)
    await record(tx, by, {
      action: 'invitation.sent',
      target: id,
      after: {
        public: { roles: keysOf(given), expiresAt: row.expiresAt.toISOString() },
        personal: { personId: nobody, fields: { email: maskAddress(address.address) } },
      },
    })
    return ok(invitation)
  }

  const invite = async (
    by: By,
    asked: Asked<Authority>,
    org: OrgId,
    { email, roles: keys, locale }: NewInvitation,
  ): Promise<Result<Invitation, InviteRefusal>> => {
    const address = readAddress(email)
    if (!address.ok) return address
    // Before the transaction: whoever waits in one for a second connection holds up everybody.
    const known = await people.findByEmail(address.value.address)
    const invited: Invited = { address: address.value, known, locale }
    const judged = await looking<Judged, InviteRefusal>(db, org, (tx, organisation) =>
      judge(tx, asked, organisation, invited, keys),
    )
    if (!judged.ok) return judged
    // Counted when nothing else stands against it, and before the transaction, because counting takes a connection too.
    const allowed = await limitLetters(address.value.address, org)
    if (!allowed.ok) return allowed
    return changing<Invitation, InviteRefusal>(db, org, async (tx, organisation) => {
      const again = await judge(tx, asked, organisation, invited, keys)
      return again.ok ? write(tx, within(by, org), organisation, invited, again.value) : again
    })
  }
  const noting = notingRefusals(deps)
  return (by: By, asked: Asked<Authority>, org: OrgId, wanted: NewInvitation) =>
    noting(by, org, { roles: wanted.roles }, invite(by, asked, org, wanted))
}

const withoutSeal = ({ sealedEmail: _, emailIndex: __, ...row }: InvitationRow) => row
