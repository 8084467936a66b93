import type { Tx } from '../db/types.ts'
import type { UserId } from '../users/user.ts'

type Value = string | null | readonly string[] | Readonly<Record<string, readonly string[]>>
interface Snapshot {
  readonly public: Readonly<Record<string, Value>>
}

export type ConsentEvent =
  | { readonly action: 'consent.granted'; readonly target: string; readonly after: Snapshot }
  | {
      readonly action: 'consent.withdrawn'
      readonly target: UserId
      readonly before: Snapshot
      /** Where it was not theirs to decide. */
      readonly after?: Snapshot
    }

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordConsent<By> = (tx: Tx, by: By, event: ConsentEvent) => Promise<unknown>

/** Theirs until the transaction ends. */
export type HoldPerson = (tx: Tx, user: UserId) => Promise<unknown>

/** Everything that an application holds of one person, with every token: codes, refresh tokens, what is to be announced. */
export type EndAccess<By> = (
  tx: Tx,
  by: By,
  of: { readonly user: UserId; readonly clientId: string },
) => Promise<number>
