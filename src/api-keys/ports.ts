import type { OrgTx } from '../db/transaction.ts'
import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'

type OwnerId = Id<'usr'> | Id<'sva'>

/** By API: an `api_…`, or `hearthkey` for our own. */
export type PermissionSet = Readonly<Record<string, readonly string[]>>

/** Who asks, as the edge has proven it. */
export interface Acting {
  readonly actor: { readonly kind: string; readonly id?: string }
  readonly organisation?: Id<'org'>
  readonly ip?: string
}

export interface Role {
  readonly key: string
  readonly organisation: Id<'org'> | undefined
  readonly permissions: PermissionSet
  readonly mayAssign: readonly string[]
}

/** On whose authority something is done. */
export interface Authority {
  allows(permission: 'api-keys.own' | 'api-keys.manage' | 'service-accounts.manage'): boolean
  mayActOn(roles: readonly Role[]): boolean
}

/** Of a membership, what this room has to know of it. */
export interface Seat {
  readonly organisation: {
    readonly id: Id<'org'>
    readonly name: string
    readonly status: 'active' | 'suspended' | 'deleted'
    readonly quota: number | null
  }
  readonly status: 'active' | 'suspended' | 'removed'
}

/** What the owner may do in an organisation, as it stands at this moment. */
export interface Place<S extends Seat> {
  /** In the scope of the organisation. */
  readonly tx: OrgTx
  readonly seat: S
  readonly roles: readonly Role[]
  readonly permissions: PermissionSet
}

/** What this room asks of organisations and of access. */
export interface Places<S extends Seat> {
  /** From here on nobody changes who works there, as what, until the transaction ends. Before an owner is held. */
  hold(tx: OrgTx, organisation: Id<'org'>): Promise<unknown>
  /** Opens the scope of the organisation for the rest of the transaction. Undefined for whoever is no member. */
  of(tx: Tx, organisation: Id<'org'>, owner: OwnerId): Promise<Place<S> | undefined>
  /** What a key asks for, cut to what its owner may do: the one rule of the room of access. */
  within(asked: PermissionSet, ceiling: PermissionSet): PermissionSet
  /** Whether the organisation's policy lets a program in from there, to whom nobody signed in. */
  lets(seat: S, from: { readonly now: Date; readonly ip: string | undefined }): boolean
  isFrom(ip: string | undefined, ranges: readonly string[]): boolean
}

export interface Told {
  readonly id: Id<'usr'>
  readonly email: string
  readonly name: string
  readonly locale: string | null
}

/** What this room asks of people and of programs. */
export interface Owners {
  /** Neither disabled nor locked nor removed, whatever the membership says. */
  isActive(tx: Tx, owner: OwnerId): Promise<boolean>
  person(tx: Tx, id: Id<'usr'>): Promise<Told | undefined>
}

/** In the transaction of what it tells of. */
export type TellOwner<By> = (
  tx: Tx,
  by: By,
  notice: {
    readonly user: Told
    readonly what: 'api-key-created' | 'api-key-rotated' | 'api-key-leaked'
    readonly place?: string
    /** Which one, and the name of the organisation. */
    readonly key: { readonly key: string; readonly hint: string; readonly organisation: string }
  },
) => Promise<void>

/** Whoever looks after the programs of the organisation, because a program reads no mail. */
export type TellKeepers = (
  tx: OrgTx,
  told: {
    readonly what: 'created' | 'rotated' | 'leaked' | 'expiring'
    readonly account: Id<'sva'>
    readonly key: {
      readonly name: string
      readonly hint: string
      readonly organisation: Id<'org'>
      readonly expiresAt: Date | null
    }
  },
) => Promise<unknown>

export type Announce = (
  tx: Tx,
  entry: {
    readonly apiKey: Id<'key'>
    readonly organisation: Id<'org'>
    readonly reason: string
    /** Until then tokens that were issued for it are good; where nothing is said they are dead at once. */
    readonly from?: Date
  },
) => Promise<unknown>

type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact }

export interface KeyEvent {
  readonly action: `api_key.${'created' | 'renamed' | 'rotated' | 'revoked' | 'leaked' | 'expired' | 'expiry_announced'}`
  readonly target: Id<'key'>
  readonly before?: { readonly public: Readonly<Record<string, Fact>> }
  readonly after?: { readonly public: Readonly<Record<string, Fact>> }
}

export type RecordKeyEvent<By> = (tx: Tx, by: By, event: KeyEvent) => Promise<unknown>
