import type { Tx } from '../db/types.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'

interface Known {
  readonly id: UserId
  /** As it is stored: mail goes to this spelling, never to the one that was typed (threat 23). */
  readonly email: string
  readonly name: string
  readonly locale: string | null
}

interface NewPerson {
  readonly email: string
  readonly name: string
  readonly emailVerified: true
  readonly locale?: string
}

type PersonProblem = 'name-invalid' | 'email-invalid' | 'email-taken'

/** What registration asks of the room of users. */
export interface People<By> {
  /** Whoever has this address, in whichever spelling, and however their account stands. */
  findByEmail(email: string): Promise<Known | undefined>
  problemsOf(person: NewPerson): PersonProblem[]
  createIn(tx: Tx, by: By, person: NewPerson): Promise<Result<{ readonly id: UserId }, PersonProblem>>
}

export interface Address {
  readonly address: string
  /** In ASCII and lower case. */
  readonly domain: string
}

export type ReadAddress = (typed: string) => Result<Address, 'email-invalid'>

export type PasswordRefusal =
  | { readonly reason: 'too-short'; readonly minimum: number }
  | { readonly reason: 'too-long' | 'is-email' | 'is-name' | 'common' | 'breached' | 'reused' }

interface About {
  readonly email: string
  readonly names: readonly string[]
}

/** And of the room of passwords. `Hashed` is what that room hands out and takes back. */
export interface Passwords<By, Hashed> {
  readonly minLength: number
  refusalOf(password: Secret<string>, about: About): PasswordRefusal | undefined
  prepare(password: Secret<string>, about: About): Promise<Result<Hashed, PasswordRefusal>>
  store(tx: Tx, by: By, user: UserId, password: Hashed): Promise<void>
}

type Data = Readonly<Record<string, string>>

interface OpenLink {
  readonly data: Data
}

export interface Links<By> {
  issue(
    tx: Tx,
    by: By,
    link: { readonly purpose: 'registration'; readonly data: Data },
  ): Promise<{ readonly token: Secret<string>; readonly expiresAt: Date }>
  look(purpose: 'registration', token: string): Promise<OpenLink | undefined>
  take(tx: Tx, by: By, purpose: 'registration', token: string): Promise<OpenLink | undefined>
}

interface Letter {
  readonly to: {
    readonly address: string
    readonly name?: string
    readonly locale?: string | null
    readonly person?: UserId
  }
  readonly message:
    | { readonly name: 'registration'; readonly url: Secret<string>; readonly validFor: number }
    | { readonly name: 'already-registered'; readonly signInUrl: string; readonly recoverUrl: string }
  readonly expiresAt: Date
}

export interface Mail {
  send(tx: Tx, letter: Letter): Promise<unknown>
}
