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
  verify(phc: Secret<string>, password: Secret<string>): Promise<boolean>
}

interface Place {
  readonly table: 'password_credentials'
  readonly column: 'hash'
  readonly row: string
}

interface PersonSealer {
  seal(place: Place, plaintext: Secret<string>): Buffer
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}

/** What this room asks of the keyring. */
export interface SealsOfPersons {
  of(db: Db | Tx, person: UserId): Promise<Result<PersonSealer, 'unknown' | 'erased'>>
}

export interface PasswordEvent {
  readonly action: 'password.set'
  readonly target: UserId
  readonly after: { readonly public: { readonly replaced: boolean } }
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordPasswordEvent<By> = (tx: Tx, by: By, event: PasswordEvent) => Promise<unknown>
