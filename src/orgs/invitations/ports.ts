import type { Tx } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import type { Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { RoleInLetter } from '../role-in-letter.ts'

type UserId = Id<'usr'>

interface Place {
  readonly table: 'invitations'
  readonly column: 'email'
  readonly row: string
}

/** What this room asks of the keyring. */
export interface InvitationSeals {
  readonly instance: {
    seal(place: Place, plaintext: string): Buffer
    openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
  }
  readonly blindIndex: { exact(domain: 'invitations.email', text: string): Buffer }
}

interface Letter {
  readonly to: {
    readonly address: string
    readonly name?: string
    readonly locale?: string | null
    readonly person?: UserId
  }
  readonly message: {
    readonly name: 'invitation'
    readonly url: Secret<string>
    readonly validFor: number
    readonly organisation: string
    readonly roles: readonly RoleInLetter[]
    readonly inviter?: string
  }
  readonly expiresAt: Date
}

export interface InvitationMail {
  send(tx: Tx, letter: Letter): Promise<unknown>
}

/** `not-now`: the organisation has done nothing to deserve it, and what others do is not said. */
export type LetterRefusal = { readonly reason: 'too-many-letters'; readonly retryAfterSeconds: number } | 'not-now'

/** How many letters one address gets of one organisation, and of all together. */
export type LimitLetters = (email: string, organisation: Id<'org'>) => Promise<Result<undefined, LetterRefusal>>

interface NewPerson {
  readonly email: string
  readonly name: string
  readonly emailVerified: true
  readonly locale: string
}

type PersonProblem = 'name-invalid' | 'email-invalid' | 'email-taken'

/** For whoever has no account yet. */
export interface NewPeople<By> {
  problemsOf(person: NewPerson): PersonProblem[]
  createIn(tx: Tx, by: By, person: NewPerson): Promise<Result<{ readonly id: UserId }, PersonProblem>>
}

export type PasswordRefusal =
  | { readonly reason: 'too-short'; readonly minimum: number }
  | { readonly reason: 'too-long' | 'is-email' | 'is-name' | 'common' | 'breached' | 'reused' }

interface About {
  readonly email: string
  readonly names: readonly string[]
}

/** `Hashed` is what the room of passwords hands out and takes back. */
export interface Passwords<By, Hashed> {
  readonly minLength: number
  refusalOf(password: Secret<string>, about: About): PasswordRefusal | undefined
  prepare(password: Secret<string>, about: About): Promise<Result<Hashed, PasswordRefusal>>
  store(tx: Tx, by: By, user: UserId, password: Hashed): Promise<void>
}
