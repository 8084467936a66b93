import type { Db } from '../db/types.ts'
import type { Browser } from '../guard/browsers/browser.ts'
import type { Secret } from '../lib/secret.ts'
import type { Admitted } from './admit.ts'
import type { Ahead } from './ahead.ts'
import type { Proof } from './machine/state.ts'
import type {
  Account,
  Events,
  Factors,
  Guard,
  Passwords,
  PendingInteraction,
  Sessions,
  SignedIn,
  TellOfNewDevice,
  Where,
} from './ports.ts'

/** What there was when the form came. */
export type Looked = Pick<Ahead, 'held' | 'attempt'>

/** What became of the first form: whom the e-mail named, and what the password proved. */
export interface Claim {
  readonly pending: PendingInteraction
  readonly where: Where
  readonly named: Account | undefined
  readonly admitted: Admitted
  readonly looked: Looked
  /** Which password was looked at. */
  readonly version: string | undefined
  readonly proof: Proof | undefined
  readonly mustChangePassword: boolean
  /** The browser can keep a passkey. */
  readonly isCapable: boolean
}

/** How a claim ends, where the machine says that it does. */
export interface EndDeps {
  readonly db: Db
  readonly sessions: Sessions
  readonly passwords: Pick<Passwords, 'vouch'>
  readonly factors: Factors
  readonly events: Events
  readonly guard: Guard
  readonly tellOfNewDevice: TellOfNewDevice
}

export interface Done {
  readonly kind: 'done'
  /** By a form that came before this one: nothing was completed now. */
  readonly wasDone?: true
  /** How the account knows this browser from now on; nothing new where it was done before. */
  readonly browser?: Browser
  /** What the browser keeps from now on, that it be trusted. */
  readonly trust?: Secret<string>
  readonly signedIn: SignedIn
  /** Where the browser goes on, where the interaction was answered with it. */
  readonly returnTo?: string
}
