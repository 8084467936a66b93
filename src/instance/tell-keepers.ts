import { canHere } from '../access/can.ts'
import type { OwnPermission } from '../access/permission.ts'
import type { ReadRoles } from '../access/read.ts'
import type { TellKeepers } from '../api-keys/ports.ts'
import type { OrgTx } from '../db/transaction.ts'
import type { Clock } from '../lib/clock.ts'
import type { Id } from '../lib/ids.ts'
import type { Letter } from '../mail/letter.ts'
import type { Mail } from '../mail/service.ts'
import { activeBearers } from '../orgs/memberships/store.ts'
import { rolesInLetter } from '../orgs/role-in-letter.ts'
import { findOrganisation } from '../orgs/store.ts'
import type { TellOfProgram } from '../service-accounts/ports.ts'
import { findItself } from '../service-accounts/store.ts'
import type { Users } from '../users/service.ts'

interface KeepersOptions {
  readonly access: Pick<ReadRoles, 'rolesHere'>
  readonly users: Pick<Users<unknown>, 'findIn'>
  readonly mail: Pick<Mail, 'send'>
  readonly clock: Clock
}

/** Enough that somebody reads it; one leak must not become a thousand letters. */
const MOST = 20
/** A letter that waits longer than this says nothing that helps. */
const LETTER_MS = 7 * 24 * 3_600_000

/** What belongs to nobody reads no mail: whoever may look after it in the organisation is told. Answers how many they are. */
export const writingToKeepers =
  ({ access, users, mail, clock }: KeepersOptions, permission: OwnPermission) =>
  async (
    tx: OrgTx,
    id: Id<'org'>,
    letter: (organisation: string, at: Date) => Pick<Letter, 'message'> & { readonly until?: Date | null },
  ): Promise<number> => {
    const organisation = await findOrganisation(tx, id)
    if (!organisation) return 0
    let told = 0
    const roles = (await access.rolesHere(tx)).filter((role) => canHere([role], permission))
    const at = clock.now()
    const { message, until } = letter(organisation.name, at)
    const latest = at.getTime() + LETTER_MS
    for (const bearer of await activeBearers(tx, organisation.id, roles, MOST)) {
      const user = await users.findIn(tx, bearer)
      if (user?.status !== 'active') continue
      await mail.send(tx, {
        to: { address: user.email, name: user.name, locale: user.locale, person: user.id },
        message,
        expiresAt: new Date(Math.min(latest, until?.getTime() ?? latest)),
      })
      told++
    }
    return told
  }

export const tellingKeepers = (options: KeepersOptions): TellKeepers => {
  const write = writingToKeepers(options, 'service-accounts.manage')
  return async (tx, { what, key, account }) => {
    const program = (await findItself(tx, account))?.name ?? account
    await write(tx, key.organisation, (organisation, at) => {
      const about = { key: key.name, program, organisation }
      // Of a key that ends there is nothing to say once it has ended.
      if (what === 'expiring')
        return { message: { name: 'api-key-expiring', ...about, expiresAt: key.expiresAt ?? at }, until: key.expiresAt }
      return { message: { name: `program-key-${what}`, ...about, hint: key.hint, at } }
    })
  }
}

export const tellingOfPrograms = (options: KeepersOptions): TellOfProgram => {
  const write = writingToKeepers(options, 'service-accounts.manage')
  return async (tx, { organisation: id, name }, keys) => {
    const roles = (await options.access.rolesHere(tx)).filter(({ key }) => keys.includes(key))
    await write(tx, id, (organisation, at) => ({
      message: { name: 'program-created', program: name, organisation, roles: rolesInLetter(roles), at },
    }))
  }
}
