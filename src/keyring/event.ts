import type { Tx } from '../db/types.ts'

export type KeyringAction =
  | 'key.created'
  | 'key.activated'
  | 'key.retired'
  | 'key.revoked'
  | 'key.erased'
  | 'master_key.rotated'
  | 'data_key.created'
  | 'data_key.rotated'
  | 'data_key.resealed'
  | 'data_key.closed'
  | 'data_key.destroyed'
  | 'person_key.created'
  | 'person_key.destroyed'

/** Names, states and counts: all of it may be read by whoever may read the log. */
type Facts = Readonly<Record<string, string | number | boolean | null>>

export interface KeyringEvent {
  readonly action: KeyringAction
  /** The id of what changed: `key_…`, `mk_…`, `dky_…`, `usr_…`. */
  readonly target: string
  readonly before?: Facts
  readonly after?: Facts
}

/** Written inside the change's own transaction: a change that is not recorded does not happen. */
export type RecordEvent = (tx: Tx, event: KeyringEvent) => Promise<void>
