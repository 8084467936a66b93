import type { RawBuilder } from 'kysely'
import type { PermissionSet } from '../access/permission.ts'
import type { Role, RoleId } from '../access/role.ts'
import type { ActorContext } from '../audit/actor.ts'
import type { Consents } from '../consents/service.ts'
import type { Whose } from '../db/statement.ts'
import type { OrgTx } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Proof } from '../factors/factor.ts'
import type { Held } from '../factors/held.ts'
import type { RequestOrigin } from '../http/exchange.ts'
import type { Id } from '../lib/ids.ts'
import type { Result } from '../lib/result.ts'
import type { Seat } from '../orgs/memberships/membership.ts'

/** What the protocol asks of the people. */
export interface Users {
  find(id: Id<'usr'>): Promise<Person | undefined>
  /** Whether they may sign in, as part of another statement. */
  isActive(user: RawBuilder<unknown>): RawBuilder<boolean>
  /** For whoever holds a transaction: another connection could be one that the pool does not have. */
  findIn(tx: Tx, id: Id<'usr'>): Promise<Person | undefined>
  /** A look-up of whom a row of ours names, by a part of the statement: it is asked beside that row. */
  finder<Values>(
    whose: Whose<Values>,
  ): (db: Db, values: Values) => Promise<(Person & { readonly id: Id<'usr'> }) | undefined>
}

export interface Person {
  readonly status: 'active' | 'disabled' | 'locked'
  readonly instanceRole: 'admin' | null
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
  readonly locale: string | null
}

/** The rows beside the engine's sessions. The engine's session is named by the SHA-256 of its uid. */
export interface EngineSessions {
  /** The sign-in that this row stands for is carried by this session of the engine from now on, in place of `instead`. False when it has ended, or another tab was faster: then nothing may be kept. */
  bind(
    tx: Tx,
    bond: { readonly session: Id<'ses'>; readonly engineUidHash: Buffer; readonly instead: Id<'ses'> | null },
    from: RequestOrigin,
  ): Promise<boolean>
  /** Whoever ends it meanwhile waits for this transaction, and then finds all of it. False when it has ended. */
  hold(tx: Tx, session: Id<'ses'>): Promise<boolean>
  /** Signed out. */
  ended(tx: Tx, session: { readonly engineUidHash: Buffer }, from: RequestOrigin): Promise<unknown>
  /** False once the session was ended anywhere: it is dead for the engine at once. */
  isLive(engineUidHash: Buffer): Promise<boolean>
  /** The same for a row of ours, as `sid` in a token names it, as part of another statement. */
  isLiving(session: RawBuilder<unknown>): RawBuilder<boolean>
  /** Its browser was here. */
  touch(engineUidHash: Buffer): Promise<unknown>
}

/** Asked in whatever transaction a request holds already. */
export interface FactorsOfPeople {
  /** What a person could prove. */
  heldBy(db: Db, user: Id<'usr'>): Promise<Held>
  /** What was proven in a session. None of one that has ended, is somebody else's or keeps none. */
  proofsOf(db: Db, session: Id<'ses'>, user: Id<'usr'>): Promise<readonly Proof[]>
  /** The first time alone counts; false for any other. */
  beginGrace(tx: Tx, user: Id<'usr'>, at: Date): Promise<boolean>
}

export type Member = Id<'usr'> | Id<'sva'>

export interface OrganisationChoice {
  readonly id: Id<'org'>
  readonly slug: string
  readonly name: string
}

/** What the protocol asks of the organisations. */
export interface Organisations {
  /** One statement. From here on the transaction has the scope of the organisation. */
  seatOf(tx: Tx, organisation: Id<'org'>, member: Member): Promise<Seat | undefined>
  /** Of what `seat_held` answered to a statement. */
  seatFrom(text: string | null, organisation: Id<'org'>, member: Member): Seat | undefined
  /**
   * The same in one statement with a change that comes first, and returns whose seat is asked for; undefined where that
   * changed nothing, and then no scope is opened.
   */
  seatAfter(
    tx: Tx,
    change: RawBuilder<{ readonly org_id: string; readonly member_id: string }>,
    organisation: Id<'org'>,
    member: Member,
  ): Promise<{ readonly seat: Seat | undefined } | undefined>
  /** By id or slug, among those that the member works for: of others nobody learns whether there are any. */
  named(db: Db, member: Member, idOrSlug: string): Promise<Id<'org'> | undefined>
  /** Active ones in which the member is active, by name. */
  toChoose(db: Db, member: Member): Promise<readonly OrganisationChoice[]>
  /** The same for whom a row of ours names. */
  choiceFinder<Values>(whose: Whose<Values>): (db: Db, values: Values) => Promise<readonly OrganisationChoice[]>
  remembered(db: Db, user: Id<'usr'>, clientId: string): Promise<Id<'org'> | undefined>
  remember(tx: Tx, user: Id<'usr'>, clientId: string, organisation: Id<'org'>): Promise<unknown>
}

export interface Programs {
  /** A person is looked up by whoever issues for them; a program nobody else asks about. */
  isActive(tx: Tx, program: Id<'sva'>): Promise<boolean>
}

export interface Roles {
  /** In the scope of the organisation whose members have them, which is asked for where not all are remembered. */
  rolesFor(scope: () => Promise<OrgTx>, ids: readonly RoleId[]): Promise<readonly Role[]>
}

/** An API key that was shown and stands, and for what it stands at this moment. */
export interface VerifiedKey {
  readonly id: Id<'key'>
  readonly owner: Member
  readonly seat: Seat
  readonly roles: readonly string[]
  /** By API (`api_…`): what the key says and what its owner may do, whichever is less. */
  readonly permissions: PermissionSet
  readonly quota: Quota
  readonly expiresAt: Date | null
}

/** Tokens that were issued before `at` and carry all that is named are dead; none of them lives until `expiresAt`. */
export interface Announced {
  readonly id: string
  readonly at: Date
  readonly from?: Date
  readonly expiresAt: Date
  readonly reason: string
  readonly sub?: string
  readonly organisation?: Id<'org'>
  readonly sid?: Id<'ses'>
  readonly clientId?: string
  readonly apiKey?: Id<'key'>
  readonly api?: Id<'api'>
}

export interface Revocations {
  since(
    after: string | undefined,
    limit: number,
  ): Promise<
    Result<
      {
        readonly entries: readonly Announced[]
        readonly next: string
        readonly more: boolean
        readonly sequence: number
      },
      'after-invalid'
    >
  >
}

export interface Quotas {
  /** What a token says, for services that count by themselves. */
  carried(quota: Quota, by: 'key' | 'organisation'): Quota
  /** One request more of the organisation and of the key. */
  take(of: {
    readonly organisation: Id<'org'>
    readonly key?: Id<'key'>
    readonly quota: Quota
  }): Promise<{ readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number }>
}

/** Requests a minute. */
export interface Quota {
  readonly organisation?: number
  readonly key?: number
}

export interface ApiKeys {
  looksLikeKey(text: string): boolean
  /** The reason is for the log alone. */
  verify(presented: string, from: { readonly ip: string | undefined }): Promise<Result<VerifiedKey, string>>
  /** The same by its id, for a token that was issued for it; from where was judged then. */
  standing(key: Id<'key'>, organisation: Id<'org'>): Promise<Result<VerifiedKey, string>>
}

/** What people agreed to for applications that are not ours. */
export type OwnConsents = Pick<Consents<ActorContext>, 'of' | 'stillCovers' | 'give' | 'withdrawFrom'>

/** Throws where there is no room for one more; how many there are is asked for only where that matters. */
export type AssertRoom = (tx: Tx, count: () => Promise<number>) => Promise<void>

/** What this instance is licensed for, as services read it in an access token; undefined where nothing is to be said. */
export interface License {
  /** The database is asked for only where what is remembered does not do. */
  claims(db: () => Promise<Db>): Promise<{ readonly lic: object } | undefined>
}

/** A code or refresh token came a second time: its owner hears that what came of it was ended. */
export type TellOfReplay = (tx: Tx, by: ActorContext, user: Id<'usr'>) => Promise<unknown>
