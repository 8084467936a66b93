import type { OrgTx } from '../../db/transaction.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import type { Acting, People, Role } from '../ports.ts'
import { type RoleInLetter, rolesInLetter } from '../role-in-letter.ts'
import { findOrganisation } from '../store.ts'
import type { Membership } from './membership.ts'

const userId = defineId('usr')

interface Letter {
  readonly to: {
    readonly address: string
    readonly name: string
    readonly locale: string | null
    readonly person: Id<'usr'>
  }
  readonly message: {
    readonly name: 'membership-changed'
    readonly what: 'removed' | 'suspended' | 'readmitted' | 'roles'
    readonly organisation: string
    readonly roles: readonly RoleInLetter[]
    readonly at: Date
  }
  readonly expiresAt: Date
}

/** What this room asks of the room of mail, for members. */
export interface MembershipMail {
  send(tx: OrgTx, letter: Letter): Promise<unknown>
}

interface TellingDeps {
  readonly people: Pick<People, 'findIn'>
  readonly mail: MembershipMail
  readonly clock: Clock
}

/** A letter that waits longer than this says nothing that helps. */
const LETTER_MS = 7 * 24 * 3_600_000

/**
 * In the transaction of what it tells of: nobody loses a role, or their place, without hearing of it. Whoever did it
 * themselves knows.
 */
export const tellingMembers =
  ({ people, mail, clock }: TellingDeps) =>
  async (
    tx: OrgTx,
    { actor }: Acting,
    { organisation, member }: Pick<Membership, 'organisation' | 'member'>,
    what: Letter['message']['what'],
    roles: readonly Role[],
  ): Promise<void> => {
    if (!userId.is(member) || (actor.kind === 'person' && actor.id === member)) return
    const person = await people.findIn(tx, member)
    const name = (await findOrganisation(tx, organisation))?.name
    if (!person || name === undefined) return
    const at = clock.now()
    await mail.send(tx, {
      to: { address: person.email, name: person.name, locale: person.locale, person: person.id },
      message: { name: 'membership-changed', what, organisation: name, roles: rolesInLetter(roles), at },
      expiresAt: new Date(at.getTime() + LETTER_MS),
    })
  }
