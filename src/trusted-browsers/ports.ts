import type { Db, Tx } from '../db/types.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'
import type { Device } from './trusted-browser.ts'

interface Place {
  readonly table: 'trusted_browsers'
  readonly column: 'device' | 'ip'
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

export type DescribeDevice = (userAgent: string | undefined) => Device

interface Snapshot {
  readonly public: Readonly<Record<string, string | number>>
}

export interface TrustEvent {
  readonly action: 'browser.trusted' | 'browser.trust_ended'
  readonly target: UserId
  readonly before?: Snapshot
  readonly after?: Snapshot
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordTrustEvent<By> = (tx: Tx, by: By, event: TrustEvent) => Promise<unknown>
