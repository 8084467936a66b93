import type { Db, Tx } from '../db/types.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from './user.ts'

/** Where a value is sealed for: it opens nowhere else. */
interface Place {
  readonly table: 'users' | 'user_emails'
  readonly column: 'name' | 'address'
  readonly row: string
}

export interface PersonSealer {
  seal(place: Place, plaintext: string): Buffer
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}

/** What this room asks of the keyring. */
export interface Seals {
  readonly persons: {
    create(tx: Tx, person: UserId): Promise<PersonSealer>
    of(db: Db | Tx, person: UserId): Promise<Result<PersonSealer, 'unknown' | 'erased'>>
  }
  readonly blindIndex: { exact(domain: 'users.email', text: string): Buffer }
}

type Facts = Readonly<Record<string, string | boolean | null>>

interface Snapshot {
  readonly public: Facts
  readonly personal?: { readonly personId: UserId; readonly fields: Facts }
}

export interface UserEvent {
  readonly action:
    | 'user.created'
    | 'user.admin_granted'
    | 'user.disabled'
    | 'user.enabled'
    | 'user.locked'
    | 'user.unlocked'
    | 'user.email_verified'
    | 'user.email_changed'
  readonly target: UserId
  readonly before?: Snapshot
  readonly after: Snapshot
}

/** Throws where there is no room for one more; how many there are is asked for only where that matters. */
export type AssertRoom = (tx: Tx, count: () => Promise<number>) => Promise<void>

/** What else must end, in the same transaction, with somebody who may not sign in any more. */
export type EndSessions<By> = (
  tx: Tx,
  by: By,
  user: UserId,
  reason: 'user-disabled' | 'account-locked',
) => Promise<unknown>

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordUserEvent<By> = (tx: Tx, by: By, event: UserEvent) => Promise<unknown>
