import type { Db, Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'

export interface Person {
  readonly id: UserId
  readonly status: 'active' | 'disabled' | 'locked'
  readonly email: string
  readonly name: string
  readonly locale: string | null
}

/** What this room asks of the room of users. */
export interface People {
  find(id: UserId): Promise<Person | undefined>
  /** Theirs until the transaction ends. */
  hold(tx: Tx, id: UserId): Promise<Person | undefined>
}

/** All spellings of a mailbox have one; another mailbox has another. */
export type IndexOfAddress = (email: string) => Buffer

interface Place {
  readonly table: 'factor_recoveries'
  readonly column: 'verified_by' | 'method'
  readonly row: string
}

interface PersonSealer {
  seal(place: Place, plaintext: string): Buffer
}

/** And of the keyring. */
export interface SealsOfPersons {
  of(db: Db | Tx, person: UserId): Promise<Result<PersonSealer, 'unknown' | 'erased'>>
}

type Purpose = 'factor-recovery' | 'stop-factor-recovery'
type Data = Readonly<Record<string, string>>

interface OpenLink {
  readonly person?: UserId
  readonly data: Data
}

export interface Links<By> {
  issue(
    tx: Tx,
    by: By,
    link: { readonly purpose: Purpose; readonly person: UserId; readonly data: Data; readonly validFor: number },
  ): Promise<{ readonly token: Secret<string> }>
  look(purpose: Purpose, token: string): Promise<OpenLink | undefined>
  take(tx: Tx, by: By, purpose: Purpose, token: string): Promise<OpenLink | undefined>
  withdraw(tx: Tx, by: By, what: { readonly person: UserId; readonly purpose: readonly Purpose[] }): Promise<unknown>
}

interface Letter {
  readonly to: {
    readonly address: string
    readonly name: string
    readonly locale: string | null
    readonly person: UserId
  }
  readonly message: {
    readonly name: 'factor-recovery'
    readonly url: Secret<string>
    readonly stopUrl: Secret<string>
    readonly opensAt: Date
    readonly until: Date
  }
  readonly expiresAt: Date
}

export interface Mail {
  send(tx: Tx, letter: Letter): Promise<Id<'mal'>>
  /** Whether a mail server has taken it: what waits in the outbox has told nobody anything. */
  hasLeft(db: Db | Tx, id: Id<'mal'>): Promise<boolean>
}

/** Every factor, backup code, trusted browser and session: they may be in a thief's hands as well as lost. */
export type TakeFactorsAway<By> = (tx: Tx, by: By, person: Person) => Promise<unknown>

interface Snapshot {
  readonly public: Readonly<Record<string, string>>
  readonly personal?: { readonly personId: UserId; readonly fields: Readonly<Record<string, string>> }
}

export interface FactorRecoveryEvent {
  readonly action:
    | 'factor_recovery.opened'
    | 'factor_recovery.stopped'
    | 'factor_recovery.used'
    | 'factor_recovery.expired'
    /** Used or stopped long ago: what was kept of it is gone. */
    | 'factor_recovery.forgotten'
  readonly target: UserId
  readonly after: Snapshot
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordFactorRecoveryEvent<By> = (tx: Tx, by: By, event: FactorRecoveryEvent) => Promise<unknown>
