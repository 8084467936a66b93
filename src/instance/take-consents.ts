import type { ActorContext } from '../audit/actor.ts'
import type { Consents } from '../consents/service.ts'
import type { Tx } from '../db/types.ts'
import { findClient } from '../oidc/clients/store.ts'
import type { UserId } from '../users/user.ts'

/** Whoever calls it holds the person, and has ended what is signed in. Answers the names of the applications. */
export type TakeConsents = (tx: Tx, by: ActorContext, user: UserId, since?: Date) => Promise<readonly string[]>

interface TakeDeps {
  readonly consents: Pick<Consents<ActorContext>, 'withdrawSince'>
}

/**
 * What a thief agreed to in somebody's name: an application of theirs would get in by itself once the owner has signed in
 * again. Without a moment to go by, all that was agreed to: whoever meant it is asked once more.
 */
export const takingConsents =
  ({ consents }: TakeDeps): TakeConsents =>
  async (tx, by, user, since) => {
    const names: string[] = []
    for (const id of await consents.withdrawSince(tx, by, user, since))
      names.push((await findClient(tx, id))?.name ?? id)
    return names
  }
