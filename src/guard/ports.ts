import type { Tx } from '../db/types.ts'
import type { UserId } from '../users/user.ts'

/** What this room asks of the keyring: counters have names that say nothing to a reader of the database. */
export interface Index {
  exact(
    domain: 'users.email' | 'guard.text' | 'guard.person' | 'guard.organisation' | 'guard.apiKey' | 'guard.ip',
    text: string,
  ): Buffer
}

/** What all spellings of an e-mail address have in common; undefined for what is none. */
export type NormaliseEmail = (typed: string) => string | undefined

export interface GuardEvent {
  readonly action: 'lockout.began' | 'lockout.ended'
  readonly target: UserId
  readonly before?: { readonly public: Facts }
  readonly after?: { readonly public: Facts }
}

type Facts = Readonly<Record<string, string | number | boolean | null>>

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordGuardEvent<By> = (tx: Tx, by: By, event: GuardEvent) => Promise<unknown>
/** In a transaction of its own: what was refused is remembered although nothing else is written. */
export type RecordGuardRefusal<By> = (by: By, event: GuardEvent) => Promise<unknown>
