import type { Tx } from '../db/types.ts'
import type { Secret } from '../lib/secret.ts'
import type { LicenseId } from './license/claims.ts'

export interface Place {
  readonly table: 'licenses' | 'license_clock'
  readonly column: 'sealed'
  readonly row: string
}

/** What this room asks of the keyring. */
export interface Seals {
  seal(place: Place, plaintext: string): Buffer
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}

type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact }
export type Facts = Readonly<Record<string, Fact>>

export interface LicenseEvent {
  readonly action: `license.${'installed' | 'removed' | 'expired' | 'revocations_installed' | 'limit_near' | 'clock_set_back'}`
  /** Of the list of revocations: its vendor. */
  readonly target: LicenseId | string
  readonly before?: { readonly public: Facts }
  readonly after?: { readonly public: Facts }
}

/** How many there are of what a licence limits. */
export interface Counts {
  used(): Promise<Readonly<Record<'users' | 'organisations' | 'clients', number>>>
  /** What is kept as a number is counted anew. */
  anew(): Promise<unknown>
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordLicenseEvent<By> = (tx: Tx, by: By, event: LicenseEvent) => Promise<unknown>
