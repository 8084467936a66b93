import type { OrgTx } from '../db/transaction.ts'
import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import type { Result } from '../lib/result.ts'

type Account = Id<'sva'>
type Organisation = Id<'org'>

/** Who asks, as the edge has proven it. */
export interface Acting {
  readonly organisation?: Organisation
}

export interface Authority {
  allows(permission: 'service-accounts.manage'): boolean
}

/** What this room asks of organisations: a program is a member, with roles, like a person. `A`: their idea of authority. */
export interface Memberships<By, A extends Authority, AddRefusal, LeaveRefusal> {
  /** From here on, and until the transaction ends, nobody else changes who works there, as what. Keeps the scope. */
  hold(tx: OrgTx, organisation: Organisation): Promise<unknown>
  /**
   * The same where the program works, besides. All at once and in one order, before anything else is locked: of two that
   * end at the same moment neither waits for the other.
   */
  holdAll(tx: OrgTx, of: { readonly organisation: Organisation; readonly account: Account }): Promise<unknown>
  /** In the transaction that makes the program, after every other change of the organisation. */
  add(tx: OrgTx, by: By, authority: A, of: Membership): Promise<Result<unknown, AddRefusal>>
  /** Whether whoever asks may act on a member who has the roles that this one has. */
  mayActOn(
    tx: OrgTx,
    authority: A,
    of: { readonly organisation: Organisation; readonly account: Account },
  ): Promise<boolean>
  /**
   * In the transaction that ends the program, which holds them all: out of the organisation that looks after it, and out of all others, which
   * have nothing to say to that. Nothing to do is fine. Leaves the scope of the former open.
   */
  leave(
    tx: OrgTx,
    by: By,
    authority: A,
    of: { readonly organisation: Organisation; readonly account: Account },
  ): Promise<Result<unknown, LeaveRefusal>>
}

interface Membership {
  readonly organisation: Organisation
  readonly account: Account
  readonly roles: readonly string[]
}

/** In the transaction that makes it, and when its membership stands: whoever looks after programs there hears of a new one. */
export type TellOfProgram = (
  tx: OrgTx,
  program: { readonly organisation: Organisation; readonly name: string },
  roles: readonly string[],
) => Promise<unknown>

/** Its keys do not come back when it does. */
export type EndKeys<By> = (
  tx: OrgTx,
  by: By,
  of: { readonly organisation: Organisation; readonly owner: Account },
) => Promise<unknown>

export type Announce = (tx: Tx, entry: { readonly sub: Account; readonly reason: string }) => Promise<unknown>

type Facts = Readonly<Record<string, string>>

export interface AccountEvent {
  readonly action: `service_account.${'created' | 'disabled' | 'enabled' | 'removed'}`
  readonly target: Account
  readonly before?: { readonly public: Facts }
  readonly after?: { readonly public: Facts }
}

export type RecordAccountEvent<By> = (tx: Tx, by: By, event: AccountEvent) => Promise<unknown>
