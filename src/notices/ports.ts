import type { Tx } from '../db/types.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { NoticeName, ToldFactor } from '../ui/messages/areas/notices.ts'
import type { UserId } from '../users/user.ts'

/** Whom it is told: as they are stored. */
export interface Told {
  readonly id: UserId
  readonly email: string
  /** Nothing is sent there. */
  readonly emailDisowned?: boolean
  readonly name: string
  readonly locale: string | null
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
    link: { readonly purpose: 'not-me'; readonly person: UserId; readonly data: Data },
  ): Promise<{ readonly token: Secret<string>; readonly expiresAt: Date }>
  look(purpose: 'not-me', token: string): Promise<OpenLink | undefined>
  take(tx: Tx, by: By, purpose: 'not-me', token: string): Promise<OpenLink | undefined>
  withdraw(
    tx: Tx,
    by: By,
    what: {
      readonly person: UserId
      readonly purpose: readonly ('recovery' | 'email-change' | 'email-verification')[]
    },
  ): Promise<unknown>
}

interface Letter {
  readonly to: {
    readonly address: string
    readonly name: string
    readonly locale: string | null
    readonly person: UserId
  }
  readonly message: {
    readonly name: 'notice'
    readonly what: NoticeName
    readonly at: Date
    readonly device?: string
    readonly place?: string
    readonly factor?: { readonly kind: ToldFactor; readonly name?: string }
    readonly key?: { readonly key: string; readonly hint: string; readonly organisation: string }
    readonly left?: number
    readonly applications?: readonly string[]
    readonly notMeUrl?: Secret<string>
  }
  readonly expiresAt: Date
}

export interface Mail {
  send(tx: Tx, letter: Letter): Promise<unknown>
}

/** Theirs until the transaction ends. */
export type HoldPerson = (tx: Tx, user: UserId) => Promise<Told | undefined>

/** The one that was told of, and whatever came since: the person is held before. */
export type TakeLaterFactors<By> = (
  tx: Tx,
  by: By,
  user: UserId,
  later: {
    readonly since: Date
    readonly factor?: { readonly kind: ToldFactor; readonly id?: string | undefined } | undefined
  },
) => Promise<unknown>

/** What was agreed to then or later, taken back; answers the names of the applications. The sessions are ended before. */
export type TakeLaterConsents<By> = (tx: Tx, by: By, user: UserId, since: Date) => Promise<readonly string[]>

/** The way back that an administrator has opened, if one is open: a thief may have talked them into it. */
export type CloseFactorRecovery<By> = (tx: Tx, by: By, user: UserId) => Promise<unknown>

/** Ends everything that is signed in as well. */
export type LockAccount<By> = (
  tx: Tx,
  by: By,
  user: UserId,
  reason: 'not-me',
) => Promise<Result<Told, 'not-found' | 'already'>>
