import type { Asked } from '../../db/asked.ts'
import { inOrganisation } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { LimitVerdict } from '../../http/limits/quota.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import type { Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { AdmitsAddress } from '../memberships/admission.ts'
import type { JoinMember } from '../memberships/join.ts'
import type { OrgId } from '../org.ts'
import type { Acting, Authority, People, Person, Programs, ReadAddress, RecordOrgEvent, Roles } from '../ports.ts'
import { type Accepted, type AcceptFailure, acceptance, type ConfirmFailure } from './accept.ts'
import { type Addressee, addressedTo } from './addressee.ts'
import type { Invitation, InvitationId } from './invitation.ts'
import { type InviteRefusal, inviting } from './invite.ts'
import { type OpenInvitation, opening } from './open.ts'
import type { InvitationMail, InvitationSeals, LimitLetters, NewPeople, Passwords } from './ports.ts'
import { type ResendRefusal, resending } from './resend.ts'
import { addressOf } from './sealed-address.ts'
import { type InvitationRow, listOpen } from './store.ts'
import { type WithdrawRefusal, withdrawing } from './withdraw.ts'

export interface InvitationsDeps<By, Hashed> {
  readonly db: Db
  readonly issuerUrl: string
  /** Milliseconds. */
  readonly lifetime: number
  readonly people: People & NewPeople<By>
  readonly programs: Programs
  readonly passwords: Passwords<By, Hashed>
  readonly roles: Roles
  readonly admits: AdmitsAddress
  readonly join: JoinMember<By>
  readonly seals: InvitationSeals
  readonly mail: InvitationMail
  readonly limitLetters: LimitLetters
  /** How often a password for that address is judged. */
  readonly limitPasswords: (email: string) => Promise<LimitVerdict>
  readonly readAddress: ReadAddress
  readonly maskAddress: (address: string) => string
  /** Stands for whoever has no account: what an event keeps of the address is sealed with this one's key. */
  readonly nobody: Id<'usr'>
  /** From the moment at which a stranger has become somebody. */
  readonly inNameOf: (by: By, person: Id<'usr'>) => By
  readonly clock: Clock
  readonly record: RecordOrgEvent<By>
}

export interface NewInvitation {
  readonly email: string
  readonly roles: readonly string[]
  /** In which language the letter is, where the address has no account that says it. */
  readonly locale?: string
}

export interface ListedInvitation extends Invitation {
  readonly roleKeys: readonly string[]
  readonly expired: boolean
}

/** How people come into an organisation. Nothing that an inviter sees tells whether an address has an account (threat 25). */
export interface Invitations<By> {
  readonly minLength: number
  invite(
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    invitation: NewInvitation,
  ): Promise<Result<Invitation, InviteRefusal>>
  /** Another letter with another link: the one before opens nothing any more. Whoever asks now stands for the invitation. */
  resend(by: By, authority: Asked<Authority>, org: OrgId, id: InvitationId): Promise<Result<Invitation, ResendRefusal>>
  withdraw(
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    id: InvitationId,
  ): Promise<Result<Invitation, WithdrawRefusal>>
  list(page: {
    readonly org: OrgId
    readonly after?: InvitationId
    readonly limit: number
  }): Promise<ListedInvitation[]>
  /** For a page: looking uses nothing up, because mail scanners open everything. */
  look(token: string): Promise<OpenInvitation | undefined>
  /** Whose it is, as far as an account tells: by its address, and whether that is proven. */
  isFor(invitation: Pick<OpenInvitation, 'email'>, account: Pick<Person, 'email' | 'emailVerified'>): Addressee
  /** By somebody who is signed in, and whose verified address is the invited one. */
  accept(by: By, token: string, person: Id<'usr'>): Promise<Result<Accepted, AcceptFailure>>
  /** By whoever has no account: the link has proven the mailbox. */
  acceptAsNew(
    by: By,
    token: string,
    chosen: { readonly name: string; readonly password: Secret<string>; readonly locale: string },
  ): Promise<Result<Accepted, ConfirmFailure>>
}

export function createInvitations<By extends Acting, Hashed>(deps: InvitationsDeps<By, Hashed>): Invitations<By> {
  const { db, roles, passwords, seals, clock } = deps
  const open = opening(deps)
  const openEmail = addressOf(seals)
  return {
    minLength: passwords.minLength,
    invite: inviting(deps),
    resend: resending(deps),
    withdraw: withdrawing(deps),
    list: async ({ org, after, limit }) => {
      const rows = await inOrganisation(db, org, async (tx) => {
        const open = await listOpen(tx, org, after, limit)
        const listed: { readonly row: InvitationRow; readonly roleKeys: readonly string[] }[] = []
        for (const row of open)
          listed.push({ row, roleKeys: (await roles.rolesFor(tx, row.roles)).map(({ key }) => key) })
        return listed
      })
      const now = clock.now()
      return Promise.all(
        rows.map(async ({ row, roleKeys }) => ({ ...(await openEmail(row)), roleKeys, expired: row.expiresAt <= now })),
      )
    },
    look: open.look,
    isFor: addressedTo(deps.readAddress),
    ...acceptance(deps, open),
  }
}
