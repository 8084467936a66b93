import type { Db, Tx } from '../db/types.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'
import type { MailId } from './mail.ts'

/** Where a value is sealed for: it opens nowhere else. */
export interface Place {
  readonly table: 'outbox'
  readonly column: 'recipient' | 'letter'
  readonly row: string
}

interface PersonSealer {
  seal(place: Place, plaintext: string): Buffer
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}

/** What this room asks of the keyring. */
export interface Persons {
  of(db: Db | Tx, person: UserId): Promise<Result<PersonSealer, 'unknown' | 'erased'>>
}

/** What an address is, and how it is spelled, is for the room of users to say: true for what can stand there. */
export type IsAddress = (text: string) => boolean

export interface MailEvent {
  readonly action: 'mail.sent' | 'mail.failed' | 'mail.expired' | 'mail.revealed' | 'mail.retried'
  readonly target: MailId
  readonly after: { readonly public: Readonly<Record<string, string | number | null>> }
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordMailEvent<By> = (tx: Tx, by: By, event: MailEvent) => Promise<unknown>
