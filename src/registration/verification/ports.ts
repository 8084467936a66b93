import type { Tx } from '../../db/types.ts'
import type { Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'

/** As they are stored. */
export interface Unverified {
  readonly id: UserId
  readonly email: string
  readonly name: string
  readonly locale: string | null
}

type Data = Readonly<Record<string, string>>

interface OpenLink {
  readonly person?: UserId
  readonly data: Data
}

export interface VerificationLinks<By> {
  issue(
    tx: Tx,
    by: By,
    link: {
      readonly purpose: 'email-verification'
      readonly person: UserId
      readonly data: Data
      readonly supersede: true
    },
  ): Promise<{ readonly token: Secret<string>; readonly expiresAt: Date }>
  look(purpose: 'email-verification', token: string): Promise<OpenLink | undefined>
  take(tx: Tx, by: By, purpose: 'email-verification', token: string): Promise<OpenLink | undefined>
}

interface Letter {
  readonly to: {
    readonly address: string
    readonly name: string
    readonly locale: string | null
    readonly person: UserId
  }
  readonly message: { readonly name: 'email-verification'; readonly url: Secret<string>; readonly validFor: number }
  readonly expiresAt: Date
}

export interface VerificationMail {
  send(tx: Tx, letter: Letter): Promise<unknown>
}

/** Theirs until the transaction ends. */
export type HoldPerson = (tx: Tx, user: UserId) => Promise<unknown>

export type VerifyEmail<By> = (tx: Tx, by: By, user: UserId, email: string) => Promise<Result<unknown, 'other-email'>>
