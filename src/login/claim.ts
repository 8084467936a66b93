import type { Db } from '../db/types.ts'
import type { Proof } from './machine/state.ts'
import type { Account, Events, PendingInteraction, Sessions, SignedIn, Where } from './ports.ts'

/** What became of the first form: whom the e-mail named, and what the password proved. */
export interface Claim {
  readonly pending: PendingInteraction
  readonly where: Where
  readonly named: Account | undefined
  readonly proof: Proof | undefined
}

/** How a claim ends, where the machine says that it does. */
export interface EndDeps {
  readonly db: Db
  readonly sessions: Sessions
  readonly events: Events
}

export interface Done {
  readonly kind: 'done'
  readonly signedIn: SignedIn
}
