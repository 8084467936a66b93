import type { Db, Tx } from '../../db/types.ts'
import type { Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'

/** What turns a password into a PHC string, and says whether one belongs to the other. Throws `busy` past its queue. */
export interface Hasher {
  /** A PHC string of the current parameters that no password belongs to. */
  readonly decoy: Secret<string>
  /** Throws `busy` now rather than later: whoever would be refused need not be looked up first. */
  assertRoom(): void
  hash(password: Secret<string>): Promise<Secret<string>>
  /** Of any scheme that can be imported, too. */
  verify(phc: Secret<string>, password: Secret<string>): Promise<boolean>
  /** Whether the password, now that it is at hand, should be hashed anew. */
  isOutdated(phc: Secret<string>, password: Secret<string>): boolean
}

interface Place {
  readonly table: 'password_credentials' | 'password_history'
  readonly column: 'hash'
  readonly row: string
}

export interface PersonSealer {
  seal(place: Place, plaintext: Secret<string>): Buffer
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}

/** What this room asks of the keyring. */
export interface SealsOfPersons {
  of(db: Db | Tx, person: UserId): Promise<Result<PersonSealer, 'unknown' | 'erased'>>
}

/** And of whoever knows the passwords that others know. */
export interface Breaches {
  find(password: Secret<string>): Promise<'common' | 'breached' | 'unknown'>
}

export type PasswordEvent =
  | {
      readonly action: 'password.set' | 'password.imported'
      readonly target: UserId
      readonly after: { readonly public: { readonly replaced: boolean } }
    }
  | {
      /** The same password under other parameters, or out of another scheme. */
      readonly action: 'password.rehashed'
      readonly target: UserId
      readonly before: { readonly public: { readonly scheme: string } }
      readonly after: { readonly public: { readonly scheme: string } }
    }

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordPasswordEvent<By> = (tx: Tx, by: By, event: PasswordEvent) => Promise<unknown>
