import type { Tx } from '../db/types.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'

export interface Person {
  readonly id: UserId
  readonly status: 'active' | 'disabled' | 'locked'
  /** As it is stored: mail goes to this spelling, never to the one that was typed (threat 23). */
  readonly email: string
  /** Whoever reads that mailbox is not the owner: the operator's link alone leads in. */
  readonly emailDisowned: boolean
  readonly name: string
  readonly locale: string | null
}

/** What recovery asks of the room of users. */
export interface People<By> {
  find(id: UserId): Promise<Person | undefined>
  findByEmail(email: string): Promise<Person | undefined>
  /** Theirs until the transaction ends. */
  hold(tx: Tx, id: UserId): Promise<Person | undefined>
  unlock(tx: Tx, by: By, id: UserId): Promise<Result<unknown, 'not-found' | 'already'>>
  verifyEmail(tx: Tx, by: By, id: UserId, email: string): Promise<Result<unknown, 'other-email'>>
}

export type ReadAddress = (typed: string) => Result<{ readonly address: string }, 'email-invalid'>

export type PasswordRefusal =
  | { readonly reason: 'too-short'; readonly minimum: number }
  | { readonly reason: 'too-long' | 'is-email' | 'is-name' | 'common' | 'breached' | 'reused' }

interface About {
  readonly email: string
  readonly names: readonly string[]
  readonly user: UserId
  readonly hasSecondFactor: boolean
}

/** And of the room of passwords. `Hashed` is what that room hands out and takes back. */
export interface Passwords<Hashed> {
  minimumOf(about: Pick<About, 'hasSecondFactor'>): number
  refusalOf(password: Secret<string>, about: About): PasswordRefusal | undefined
  prepare(password: Secret<string>, about: About): Promise<Result<Hashed, PasswordRefusal>>
}

type Data = Readonly<Record<string, string>>

interface OpenLink {
  readonly person?: UserId
  readonly data: Data
}

export interface Links<By> {
  issue(
    tx: Tx,
    by: By,
    link: { readonly purpose: 'recovery'; readonly person?: UserId; readonly data: Data },
  ): Promise<{ readonly token: Secret<string>; readonly expiresAt: Date }>
  look(purpose: 'recovery', token: string): Promise<OpenLink | undefined>
  take(tx: Tx, by: By, purpose: 'recovery', token: string): Promise<OpenLink | undefined>
}

interface Letter {
  readonly to: {
    readonly address: string
    readonly name?: string
    readonly locale?: string | null
    readonly person?: UserId
  }
  readonly message:
    | { readonly name: 'recovery'; readonly url: Secret<string>; readonly validFor: number }
    | { readonly name: 'discard' }
  readonly expiresAt: Date
}

export interface Mail {
  send(tx: Tx, letter: Letter): Promise<unknown>
}

/**
 * With whatever somebody holds in this person's name, or was sent: they may have been a thief. Failures that were counted
 * before count no more, and the owner is told.
 */
export type ReplacePassword<By, Hashed> = (
  tx: Tx,
  by: By,
  person: Person,
  password: Hashed,
  /** Whether the mailbox was proven for it. */
  byMailbox: boolean,
  seen: { readonly device?: string | undefined; readonly place?: string | undefined },
) => Promise<unknown>

/** Beside the password that comes, at every sign-in; a mailbox is nothing beside one that was set by it. */
export type HasSecondFactor = (user: UserId, byMailbox: boolean) => Promise<boolean>

/** Passkeys, apps, codes and trust in browsers, with a letter that tells of it. */
export type TakeFactorsAway<By> = (tx: Tx, by: By, person: Person) => Promise<unknown>

export interface RecoveryEvent {
  readonly action: 'password.reset'
  readonly target: UserId
  readonly after: { readonly public: { readonly via: 'mail' | 'operator'; readonly unlocked: boolean } }
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordRecoveryEvent<By> = (tx: Tx, by: By, event: RecoveryEvent) => Promise<unknown>
