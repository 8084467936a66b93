import type { Tx } from '../db/types.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'
import type { SetupLinkId } from './link.ts'

interface Person {
  readonly email: string
  readonly name: string
  readonly instanceRole: 'admin'
}

type PersonProblem = 'name-invalid' | 'email-invalid' | 'email-taken'

/** What set-up asks of the room of users. */
export interface Administrators<By> {
  problemsOf(person: Person): PersonProblem[]
  createIn(
    tx: Tx,
    by: By,
    person: Person,
  ): Promise<Result<{ readonly id: UserId; readonly email: string }, PersonProblem>>
}

export type PasswordRefusal =
  | { readonly reason: 'too-short'; readonly minimum: number }
  | { readonly reason: 'too-long' | 'is-email' | 'is-name' | 'common' | 'breached' | 'reused' }

interface About {
  readonly email: string
  readonly names: readonly string[]
}

/** And of the room of passwords. `Hashed` is what that room hands out and takes back. */
export interface Passwords<By, Hashed> {
  readonly minLength: number
  refusalOf(password: Secret<string>, about: About): PasswordRefusal | undefined
  prepare(password: Secret<string>, about: About): Promise<Result<Hashed, PasswordRefusal>>
  store(tx: Tx, by: By, user: UserId, password: Hashed): Promise<void>
}

export type SetupEvent =
  | {
      readonly action: 'setup_link.issued'
      readonly target: SetupLinkId
      readonly after: { readonly public: { readonly expiresAt: string } }
    }
  | {
      readonly action: 'setup.completed'
      readonly target: SetupLinkId
      readonly after: { readonly public: { readonly administrator: UserId } }
    }

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordSetupEvent<By> = (tx: Tx, by: By, event: SetupEvent) => Promise<unknown>
