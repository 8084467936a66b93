import type { OrgTx } from '../../db/transaction.ts'
import { defineId } from '../../lib/ids.ts'
import { Secret } from '../../lib/secret.ts'
import { isMemberId } from '../memberships/member-id.ts'
import type { Organisation } from '../org.ts'
import type { Acting, Person, Role } from '../ports.ts'
import { rolesInLetter } from '../role-in-letter.ts'
import { hashOf, type Invitation, newToken, withToken } from './invitation.ts'
import type { InvitationsDeps } from './service.ts'

const userId = defineId('usr')
const MINUTE = 60_000

/** A member by their id; whoever else by what they are, so that nobody is taken for a member by the name of a command. */
export const inviterOf = ({ actor: { kind, id = '' } }: Acting): string => (isMemberId(id) ? id : `${kind}:${id}`)

interface To {
  readonly known: Person | undefined
  readonly locale: string | undefined
  readonly roles: readonly Role[]
}

/** A new link, by mail: answers what is kept of it. */
export function sending<By, Hashed>({ people, mail, issuerUrl, clock }: InvitationsDeps<By, Hashed>) {
  return async (
    tx: OrgTx,
    { name: organisation }: Organisation,
    { email, invitedBy, expiresAt }: Invitation,
    { known, locale, roles }: To,
  ): Promise<Buffer> => {
    const token = newToken()
    const tokenHash = hashOf(token.reveal())
    if (!tokenHash) throw new Error('a token of an invitation is not what it looks like')
    const inviter = userId.is(invitedBy) ? (await people.findIn(tx, invitedBy))?.name : undefined
    await mail.send(tx, {
      // As it is stored, where it is known: mail never goes to a spelling that only looks the same (threat 23).
      to: known
        ? { address: known.email, name: known.name, locale: known.locale ?? locale ?? null, person: known.id }
        : { address: email, ...(locale !== undefined && { locale }) },
      message: {
        name: 'invitation',
        url: new Secret(new URL(withToken(token.reveal()), issuerUrl).href),
        validFor: Math.round((expiresAt.getTime() - clock.now().getTime()) / MINUTE),
        organisation,
        roles: rolesInLetter(roles),
        ...(inviter !== undefined && { inviter }),
      },
      expiresAt,
    })
    return tokenHash
  }
}
