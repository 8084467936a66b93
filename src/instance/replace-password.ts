import type { ActorContext } from '../audit/actor.ts'
import type { HashedPassword } from '../credentials/password/password.ts'
import type { Passwords } from '../credentials/password/service.ts'
import type { Tx } from '../db/types.ts'
import type { Lockout } from '../guard/lockout/service.ts'
import type { Links } from '../links/service.ts'
import type { Notices } from '../notices/service.ts'
import type { UserId } from '../users/user.ts'
import type { EndEverything, Kept } from './end-everything.ts'
import type { TakeConsents } from './take-consents.ts'

interface Owner {
  readonly id: UserId
  readonly email: string
  readonly name: string
  readonly locale: string | null
}

interface Replacing {
  readonly reason: 'password-changed' | 'account-recovered'
  /** The mailbox was proven, and nothing else: then it is no second factor beside this password. */
  readonly byMailbox?: boolean
  /** The operator of the host gave the link out, and nobody knows what a thief agreed to: it all goes. */
  readonly takesConsents?: boolean
  readonly kept?: Kept
  /** For the owner to recognise it by, in the letter that tells of it. */
  readonly seen: { readonly device?: string | undefined; readonly place?: string | undefined }
}

const waysBack = ['recovery', 'email-change'] as const

/** Whoever calls it holds the person, and has asked whether what was proven still counts. */
export type ReplacePassword = (
  tx: Tx,
  by: ActorContext,
  person: Owner,
  password: HashedPassword,
  how: Replacing,
) => Promise<void>

interface ReplaceDeps {
  readonly passwords: Pick<Passwords<ActorContext>, 'store'>
  readonly endEverything: EndEverything
  readonly takeConsents: TakeConsents
  readonly links: Pick<Links<ActorContext>, 'withdraw'>
  readonly lockout: Pick<Lockout<ActorContext>, 'endIn'>
  readonly notices: Pick<Notices<ActorContext>, 'tell'>
}

/**
 * A new password in the place of one that somebody else may know: with it goes everything that the former one opened, and
 * every way back that was ordered before. In this order for all: the person, the password, the attempts; or two who
 * change one account would wait for one another.
 */
export const replacingPassword =
  ({ passwords, endEverything, takeConsents, links, lockout, notices }: ReplaceDeps): ReplacePassword =>
  async (
    tx,
    by,
    person,
    password,
    { reason, byMailbox = false, takesConsents = false, kept, seen: { device, place } },
  ) => {
    await passwords.store(tx, by, person.id, password, { byMailbox })
    await endEverything(tx, by, person.id, reason, kept)
    const applications = takesConsents ? await takeConsents(tx, by, person.id) : []
    // After a recovery the mailbox of before may be a thief's, and what was sent there could lock the owner out. After a
    // change it may be the owner who still needs it, against a thief who made the change.
    const purpose = reason === 'account-recovered' ? ([...waysBack, 'not-me'] as const) : waysBack
    await links.withdraw(tx, by, { person: person.id, purpose })
    await lockout.endIn(tx, by, person.id, 'password')
    await notices.tell(tx, by, {
      user: person,
      what: 'password-changed',
      ...(device && { device }),
      ...(place && { place }),
      applications,
    })
  }
