import type { AlertRule } from '../config/sections/alerts.ts'
import type { InstanceTx } from '../db/transaction.ts'
import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import type { UserId } from '../users/user.ts'

/** What this room looks at of an event, once it is in the chain. */
export interface SeenEvent {
  readonly id: Id<'evt'>
  readonly at: Date
  readonly organisation: Id<'org'> | null
  readonly action: string
  readonly target: { readonly kind: string; readonly id: string }
  readonly before: Fields | null
  readonly after: Fields | null
}
type Fields = Readonly<Record<string, unknown>>

/** `By`: in whose name; an alert stands in the log of the organisation that it concerns, so that its webhooks hear of it. */
export type RecordAlert = (
  tx: Tx,
  by: { readonly actor: { readonly kind: 'system'; readonly id: string }; readonly organisation?: Id<'org'> },
  event: {
    readonly action: 'alert.raised'
    readonly target: AlertRule
    readonly after: { readonly public: Readonly<Record<string, string | number>> }
  },
) => Promise<unknown>

/** Whether any of these roles is one that an organisation is looked after with. */
export type Leads = (tx: InstanceTx, organisation: Id<'org'>, roles: readonly string[]) => Promise<boolean>

export interface Reader {
  readonly address: string
  readonly name?: string
  readonly locale?: string | null
  /** Nobody, where the operator named an address. */
  readonly person?: UserId
}

/** Who gets letters where the operator named nobody: the administrators of the instance. */
export type Administrators = (tx: Tx, most: number) => Promise<readonly Reader[]>

/** What a person calls themselves, and their address: of whom an id says nothing to those who read the letter. */
export type NameOf = (tx: Tx, subject: string) => Promise<string | undefined>

export interface ToldAlert {
  readonly rule: AlertRule
  readonly subject: string
  /** In whose log it stands, by name; absent: the instance's. */
  readonly organisation?: string
  readonly at: Date
  readonly event: string
  readonly count?: number
}

export interface Mail {
  send(
    tx: Tx,
    letter: {
      readonly to: Reader
      readonly message: {
        readonly name: 'alerts'

        readonly alerts: readonly ToldAlert[]
        /** Of which rules the next letter goes on, and with how many. */
        readonly more: readonly { readonly rule: AlertRule; readonly count: number }[]
      }
      readonly expiresAt: Date
    },
  ): Promise<unknown>
}
