import type { Db, Tx } from '../../db/types.ts'
import type { Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'

interface Place {
  readonly table: 'passkeys'
  readonly column: 'name'
  readonly row: string
}

export interface PersonSealer {
  seal(place: Place, plaintext: string): Buffer
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}

/** What this room asks of the keyring. */
export interface SealsOfPersons {
  of(db: Db | Tx, person: UserId): Promise<Result<PersonSealer, 'unknown' | 'erased'>>
}

interface Snapshot {
  readonly public: Readonly<Record<string, string | number | boolean>>
  /** What somebody calls their devices says something of them. */
  readonly personal?: { readonly personId: UserId; readonly fields: { readonly name: string } }
}

export interface PasskeyEvent {
  readonly action:
    | 'passkey.added'
    | 'passkey.renamed'
    | 'passkey.removed'
    | 'passkey.used'
    | 'passkey.counter_went_back'
  readonly target: UserId
  readonly before?: Snapshot
  readonly after?: Snapshot
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordPasskeyEvent<By> = (tx: Tx, by: By, event: PasskeyEvent) => Promise<unknown>
