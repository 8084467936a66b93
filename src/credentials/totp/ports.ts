import type { Db, Tx } from '../../db/types.ts'
import type { Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import type { TotpId } from './totp.ts'

type Place =
  | { readonly table: 'totp_authenticators'; readonly column: 'name' | 'secret'; readonly row: string }
  | { readonly table: 'totp_offers'; readonly column: 'secret'; readonly row: string }

export interface PersonSealer {
  seal(place: Place, plaintext: string | Secret<string>): Buffer
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}

/** What this room asks of the keyring. */
export interface SealsOfPersons {
  of(db: Db | Tx, person: UserId): Promise<Result<PersonSealer, 'unknown' | 'erased'>>
}

/** And of the room of users: theirs until the transaction ends. */
export type HoldPerson = (tx: Tx, id: UserId) => Promise<unknown>

interface Snapshot {
  readonly public: { readonly authenticator: TotpId }
  /** What somebody calls their phone says something about them. */
  readonly personal?: { readonly personId: UserId; readonly fields: { readonly name: string } }
}

export interface TotpEvent {
  readonly action: 'totp.added' | 'totp.renamed' | 'totp.removed'
  readonly target: UserId
  readonly before?: Snapshot
  readonly after?: Snapshot
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordTotpEvent<By> = (tx: Tx, by: By, event: TotpEvent) => Promise<unknown>
