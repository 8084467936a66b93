import type { Db, Tx } from '../db/types.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'

interface Place {
  readonly table: 'links'
  readonly column: 'data'
  readonly row: string
}

interface PersonSealer {
  seal(place: Place, plaintext: string): Buffer
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}

/** What this room asks of the keyring. */
export interface SealsOfPersons {
  of(db: Db | Tx, person: UserId): Promise<Result<PersonSealer, 'unknown' | 'erased'>>
}

/** About the person, so that the address of whoever asked goes with that person's key. */
export interface LinkEvent {
  readonly action: 'link.issued' | 'link.used' | 'link.withdrawn'
  readonly target: UserId
  readonly after: { readonly public: Readonly<Record<string, string | number>> }
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordLinkEvent<By> = (tx: Tx, by: By, event: LinkEvent) => Promise<unknown>
