import { canHere } from '../access/can.ts'
import type { ReadRoles } from '../access/read.ts'
import type { TellKeepers } from '../api-keys/ports.ts'
import type { Clock } from '../lib/clock.ts'
import type { Mail } from '../mail/service.ts'
import { activeBearers } from '../orgs/memberships/store.ts'
import { findOrganisation } from '../orgs/store.ts'
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

/** A program reads no mail: whoever may look after service accounts of the organisation is told of its keys. */
export const tellingKeepers =
  ({ access, users, mail, clock }: KeepersOptions): TellKeepers =>
  async (tx, { what, key, account }) => {
    const organisation = await findOrganisation(tx, key.organisation)
    if (!organisation) return
    const roles = (await access.rolesHere(tx)).filter((role) => canHere([role], 'service-accounts.manage'))
    const bearers = await activeBearers(tx, organisation.id, roles, MOST)
    const program = (await findItself(tx, account))?.name ?? account
    const at = clock.now()
    // Of a key that ends there is nothing to say once it has ended.
    const soon = what === 'expiring' && key.expiresAt ? key.expiresAt : new Date(at.getTime() + LETTER_MS)
    const about = { key: key.name, program, organisation: organisation.name }
    for (const id of bearers) {
      const user = await users.findIn(tx, id)
      if (user?.status !== 'active') continue
      await mail.send(tx, {
        to: { address: user.email, name: user.name, locale: user.locale, person: user.id },
        message:
          what === 'leaked'
            ? { name: 'program-key-leaked', ...about, hint: key.hint, at }
            : { name: 'api-key-expiring', ...about, expiresAt: key.expiresAt ?? at },
        expiresAt: new Date(Math.min(at.getTime() + LETTER_MS, soon.getTime())),
      })
    }
  }
