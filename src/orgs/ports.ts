import type { RawBuilder } from 'kysely'
import type { RoleId } from '../access/role.ts'
import type { OrgTx } from '../db/transaction.ts'
import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import type { Result } from '../lib/result.ts'
import type { MemberId, Seat } from './memberships/membership.ts'
import type { OrgId } from './org.ts'

type UserId = Id<'usr'>

/** Who asks and from where, as this room has to see it: who invites, and in whose scope an event stands. */
export interface Acting {
  readonly actor: { readonly kind: string; readonly id?: string }
  readonly organisation?: OrgId
}

export const within = <By extends Acting>(by: By, organisation: OrgId): By => ({ ...by, organisation })

/** What this room has to know of a role; what it allows is for the room of access to say. */
export interface Role {
  readonly id: RoleId
  readonly key: string
  readonly name: string
  /** One of a template, which an organisation cannot change. */
  readonly template: string | undefined
  /** An organisation keeps one active member with it at least. */
  readonly kept: boolean
  readonly apiOnly: boolean
  /** Keys of the roles that its bearer may give. */
  readonly mayAssign: readonly string[]
}

type Permission =
  | 'organisation.manage'
  | 'members.invite'
  | 'members.suspend'
  | 'members.remove'
  | 'roles.assign'
  | 'service-accounts.manage'

/** On whose authority something is done: whoever has none of their own cannot ask at all. */
export interface Authority {
  allows(permission: Permission): boolean
  mayGive(roles: readonly Role[]): boolean
  mayActOn(roles: readonly Role[]): boolean
  /** The operator's, and no member's. */
  readonly isOfInstance: boolean
}

/** What this room asks of the room of access. */
export interface Roles {
  /** Those that there still are. */
  rolesFor(tx: OrgTx, ids: readonly RoleId[]): Promise<readonly Role[]>
  rolesNamed(
    tx: OrgTx,
    template: string,
    keys: readonly string[],
  ): Promise<Result<readonly Role[], { readonly unknown: readonly string[] }>>
  rolesOfTemplate(tx: OrgTx, template: string): Promise<readonly Role[]>
  /** All that can be given in the organisation of this transaction. */
  rolesHere(tx: OrgTx): Promise<readonly Role[]>
  authorityIn(tx: OrgTx, seat: Seat): Promise<Authority>
}

export interface Person {
  readonly id: UserId
  readonly status: 'active' | 'disabled' | 'locked'
  readonly instanceRole: string | null
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
  readonly locale: string | null
}

/** To look, never to change: an organisation acts on memberships, and a person belongs to themselves. */
export interface People {
  findIn(tx: Tx, id: UserId): Promise<Person | undefined>
  findByEmail(email: string): Promise<Person | undefined>
  /** Whether they may sign in, as part of another statement. */
  isActive(user: RawBuilder<unknown>): RawBuilder<boolean>
}

/** Service accounts, each looked after by one organisation. Undefined: there is none, or none any more. */
export interface Programs {
  findIn(
    tx: Tx,
    id: Id<'sva'>,
  ): Promise<{ readonly organisation: OrgId; readonly status: 'active' | 'disabled' } | undefined>
}

/** Those that an organisation looks after end with it. */
export interface EndingPrograms<By> {
  /** This organisation, and all others where they work: in one order whoever asks, before anything else is locked. Keeps the scope. */
  hold(tx: OrgTx, organisation: OrgId): Promise<unknown>
  /** In the transaction that holds them all. Keeps the scope. */
  end(tx: OrgTx, by: By, organisation: OrgId): Promise<unknown>
}

export interface Address {
  readonly address: string
  /** What all spellings of it have in common. */
  readonly identity: string
  /** In ASCII and lower case. */
  readonly domain: string
}

export type ReadAddress = (typed: string) => Result<Address, 'email-invalid'>

/** Tokens for the organisation, or for one member of it, that were issued until now are dead. Nothing else of a person ends. */
export type Revoked = (
  tx: Tx,
  what: { readonly organisation: OrgId; readonly member?: MemberId; readonly reason: string },
) => Promise<unknown>

/** Throws where there is no room for one more; how many there are is asked for only where that matters. */
export type AssertRoom = (tx: Tx, count: () => Promise<number>) => Promise<void>

type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact }
export type Facts = Readonly<Record<string, Fact>>

interface Snapshot {
  readonly public: Facts
  readonly personal?: { readonly personId: UserId; readonly fields: Facts }
}

export interface OrgEvent {
  readonly action:
    | `organisation.${'created' | 'updated' | 'suspended' | 'activated' | 'deleted'}`
    | `membership.${'created' | 'suspended' | 'readmitted' | 'removed' | 'roles_changed'}`
    | `invitation.${'sent' | 'resent' | 'withdrawn' | 'accepted'}`
    | `domain.${'added' | 'verified' | 'removed'}`
    | 'role.grant_refused'
  /** An organisation, a member, an invitation. Of a domain, and of what was refused: its organisation. */
  readonly target: string
  readonly before?: Snapshot
  readonly after?: Snapshot
}

export type RecordOrgEvent<By> = (tx: Tx, by: By, event: OrgEvent) => Promise<unknown>
