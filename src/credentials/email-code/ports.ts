import type { Tx } from '../../db/types.ts'
import type { LimitVerdict } from '../../http/limits/quota.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import type { EmailCodePurpose } from './email-code.ts'

export interface Addressee {
  readonly id: UserId
  /** As it is stored: mail goes to this spelling, never to one that was typed (threat 23). */
  readonly email: string
  readonly name: string
  readonly locale: string | null
}

/** All spellings of a mailbox have one; another mailbox has another. Throws for what is no address: none is stored. */
export type IndexOfAddress = (email: string) => Buffer

/** One that the account knows: a person has completed a sign-in in it. */
export type KnownBrowser = { readonly hash: Buffer } | undefined

/**
 * Nobody's mailbox is flooded. What is counted here takes nothing from what recovery may send; and whoever has the password
 * alone uses up nothing of what the owner may get in a browser that the account knows.
 */
export type TakeLimit = (email: string, knownBrowser: KnownBrowser) => Promise<LimitVerdict>

interface Letter {
  readonly to: {
    readonly address: string
    readonly name: string
    readonly locale: string | null
    readonly person: UserId
  }
  readonly message: {
    readonly name: 'email-code'
    readonly purpose: EmailCodePurpose
    readonly code: Secret<string>
    readonly validFor: number
  }
  readonly expiresAt: Date
}

export interface Mail {
  send(tx: Tx, letter: Letter): Promise<unknown>
}

export type EmailCodeEvent =
  | { readonly action: 'email_code.enabled' | 'email_code.disabled'; readonly target: UserId }
  | {
      readonly action: 'email_code.sent'
      readonly target: UserId
      readonly after: { readonly public: { readonly purpose: EmailCodePurpose } }
    }

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordEmailCodeEvent<By> = (tx: Tx, by: By, event: EmailCodeEvent) => Promise<unknown>
