import type { Context } from 'hono'
import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Described } from '../consents/described.ts'
import type { BackupCodes } from '../credentials/backup-code/service.ts'
import type { EmailCodes } from '../credentials/email-code/service.ts'
import type { Passkeys } from '../credentials/passkey/service.ts'
import type { HashedPassword, PasswordRefusal } from '../credentials/password/password.ts'
import type { LookedUp, Proven } from '../credentials/password/service.ts'
import type { Totps } from '../credentials/totp/service.ts'
import type { Db, Tx } from '../db/types.ts'
import type { SecondFactor } from '../factors/factor.ts'
import type { Held } from '../factors/held.ts'
import type { Level } from '../factors/level.ts'
import type { Rule } from '../factors/rule.ts'
import type { Admission } from '../guard/admission/service.ts'
import type { Browser } from '../guard/browsers/browser.ts'
import type { KnownBrowsers } from '../guard/browsers/service.ts'
import type { Limits } from '../guard/limits/service.ts'
import type { Lockout } from '../guard/lockout/service.ts'
import type { HttpEnv } from '../http/env.ts'
import type { RequestOrigin } from '../http/exchange.ts'
import type { Id } from '../lib/ids.ts'
import type { Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { Sessions as SessionService } from '../sessions/service.ts'
import type { SessionId } from '../sessions/session.ts'
import type { TrustedBrowsers } from '../trusted-browsers/service.ts'
import type { UserId } from '../users/user.ts'

/** What the protocol engine waits for. It belongs to one browser, by a cookie of the engine's. */
export interface PendingInteraction {
  readonly uid: string
  readonly prompt: 'login' | 'consent' | 'organisation'
  readonly client: PendingClient
  /** Registered and matched: where the forms of this interaction end up. */
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly resource?: string
  readonly loginHint?: string
  readonly uiLocales?: string
  /** Who is signed in to the engine in this browser. */
  readonly sessionUser?: UserId
  /** Their session in this browser, while it lives. */
  readonly session?: SessionId
  /** What the application, its request, or the organisation that refused asks for; the instance's own rule comes on top. */
  readonly rules: readonly Rule[]
  /** Whoever is signed in proves it all once more: what the session has proven does not count. */
  readonly fresh: boolean
  /** Our own pages ask it of whoever is signed in, before a change of how the account is protected: this strong. */
  readonly stepUp?: Level
  /** What is to be agreed to, where that is the question. */
  readonly consent?: ConsentQuestion
  readonly expiresAt: Date
  /** It is not this browser that gets the tokens, but a device that showed a code: nobody is let in before they were asked. */
  readonly device?: PendingDevice
  /**
   * Where a sign-in is asked for: what `Interactions.signedIn` does, in the transaction that completes the sign-in, and once for each.
   * Answers where the browser goes on, and throws `interaction-gone` like the others.
   */
  readonly answer?: (tx: Tx, result: SignedIn) => Promise<string>
}

/** What the page about consent says. */
export interface ConsentQuestion {
  /** What is new; everything that is asked for where nothing is. */
  readonly asks: Described
  /** What the person has agreed to before, where more is asked for now. */
  readonly has?: Described
  /** All that is asked for, old and new, where more is asked for now: a device that is let in holds it all. */
  readonly whole?: Described
  /** For which organisation they sign in. */
  readonly organisation?: string
  /** What is agreed to is kept for the application and not for one organisation: it holds in all that the person belongs to, then or later. */
  readonly inEveryOrganisation?: true
  readonly policyUri?: string
  readonly termsUri?: string
}

export interface PendingDevice {
  /** As it shows it. */
  readonly code: string
  /** What it said of itself, if it did; nobody has proven it. */
  readonly name?: string | undefined
  readonly ip: string
}

interface PendingClient {
  readonly id: string
  readonly name: string
  readonly firstParty: boolean
  /** Its home page. */
  readonly uri?: string
}

/** For whom a person may work. */
export interface Organisations {
  toChoose(user: UserId): Promise<readonly OrganisationChoice[]>
}

export interface OrganisationChoice {
  readonly id: Id<'org'>
  readonly slug: string
  readonly name: string
}

export interface SignedIn {
  readonly user: UserId
  readonly amr: readonly string[]
  readonly acr: string
  readonly at: Date
  readonly session: SessionId
}

/**
 * The engine's side of a hosted page. `find` answers undefined for an interaction that expired, is finished, was begun
 * in another browser, or came without its cookie. The others answer with the redirect (303) on, may be called twice with
 * the same outcome (a form that was sent twice), and throw `interaction-gone` where `find` would say undefined.
 */
export interface Interactions {
  find(c: Context<HttpEnv>): Promise<PendingInteraction | undefined>
  /** Whether some browser, whichever, is waited for at this address: tells cookies that are off from a sign-in that is over. */
  isOpen(c: Context<HttpEnv>): Promise<boolean>
  signedIn(c: Context<HttpEnv>, result: SignedIn): Promise<Response>
  consented(c: Context<HttpEnv>): Promise<Response>
  chosen(c: Context<HttpEnv>, organisation: Id<'org'>): Promise<Response>
  aborted(c: Context<HttpEnv>, reason: 'access_denied'): Promise<Response>
}

export interface Account {
  readonly id: UserId
  readonly status: 'active' | 'disabled' | 'locked'
}

/** Whom a new password must not be named after. */
export interface Person extends Account {
  readonly email: string
  readonly name: string
}

export interface Users {
  /** In a transaction, which must not wait for a second connection. */
  findIn(tx: Tx, id: UserId): Promise<Owner | undefined>
  /** The same, and whoever changes them waits. */
  hold(tx: Tx, id: UserId): Promise<Owner | undefined>
  /** Undefined for what is not even an address: it goes the way of an unknown one. */
  findForSignIn(email: string): Promise<Account | undefined>
  find(id: UserId): Promise<Owner | undefined>
  /** The mailbox behind this address was proven: nobody is asked to prove it once more. */
  verifyEmail(tx: Tx, by: By, id: UserId, email: string): Promise<unknown>
}

export interface Passwords {
  /** Throws `busy` when too many wait, before anybody is looked up: in a storm a stranger costs nothing, known or not. */
  assertRoom(): void
  /** The same work whether there is such a user, such a password, or neither. Throws `busy` when too many wait. */
  prove(user: UserId | undefined, password: Secret<string>, looked?: Promise<LookedUp | undefined>): Promise<Proven>
  /** What it will be held against, asked for beside something else. */
  lookUp(user: UserId | undefined): Promise<LookedUp | undefined>
  /** For whoever has just proven it: whether it is one that everybody who guesses tries, or too short to stand alone. */
  mustChange(password: Secret<string>, about: Beside): Promise<'breached' | 'too-short' | undefined>
  /** Whether the password is still the one that it was held against. Who changes it waits for the transaction. */
  isStill(tx: Tx, user: UserId, version: string | undefined): Promise<boolean>
  /** For whoever goes on to replace it. */
  isUnchangedSince(tx: Tx, user: UserId, since: Date): Promise<boolean>
  /** Something other than the mailbox was proven beside it: from now on a mailed code counts beside it, too. */
  vouch(tx: Tx, user: UserId): Promise<unknown>
}

/** What hangs on an address, looked at before it is known whose it is; the same look where it is nobody's. */
export interface AheadOf {
  at(email: string): NamedByAddress
  /** And whose it is: the address may change hands between this look and another. */
  password(at: NamedByAddress): Promise<(LookedUp & { readonly user: UserId }) | undefined>
  held(at: NamedByAddress): Promise<Held>
  isKnown(at: NamedByAddress, browser: Browser): Promise<boolean>
}

export interface NamedByAddress {
  readonly index: Buffer
  readonly nobody: string
}

/** Whether something else is proven with the password, at every sign-in. */
interface Beside {
  readonly hasSecondFactor: boolean
}

/** What takes the place of a password that is no longer good enough. */
export interface NewPasswords {
  /** Characters of the shortest one that is taken. */
  minimumOf(about: Beside): number
  /** Why it would not be taken, or how it would be stored. Throws `busy` like a sign-in. */
  prepare(person: Person, password: Secret<string>, about: Beside): Promise<Result<HashedPassword, PasswordRefusal>>
  /** With everything that the former one opened, and a letter to the owner. False: the account is not what it was. */
  replace(tx: Tx, by: By, person: UserId, password: HashedPassword, how: Replacing): Promise<boolean>
}

interface Replacing {
  readonly userAgent: string | undefined
  /** Asked when nobody else can change the account any more: whether what was proven before still counts. */
  readonly stillCounts: () => Promise<boolean>
  /** Which attempt goes on. All others have proven a password that is no more. */
  readonly keepAttempt: Buffer
}

/** What stands between a guesser and an account. */
export interface Guard {
  readonly limits: Pick<Limits, 'take'>
  readonly admit: Admission
  readonly lockout: Pick<Lockout<ActorContext>, 'begin' | 'pauseOf' | 'failed' | 'giveBack' | 'completed'>
  readonly browsers: Pick<KnownBrowsers, 'isKnown' | 'remember'>
  /** Under which name an address is counted. */
  emailKey(typed: string): Buffer
}

/** The owner hears of a sign-in in a browser that the account does not know. */
export type TellOfNewDevice = (tx: Tx, by: By, user: UserId, userAgent: string | undefined) => Promise<unknown>

export type { LaterCookie } from '../credentials/passkey/later-cookie.ts'
export type { LookedUp } from '../credentials/password/service.ts'
export type { BrowserCookie } from '../guard/browsers/cookie.ts'
export type { TrustCookie } from '../trusted-browsers/cookie.ts'

export type By = ActorContext

export type Sessions = Pick<SessionService, 'start' | 'strengthen' | 'proofsOf' | 'hold'>
export type Events = EventWriter

/** Where a request comes from, before anybody is proven. */
export interface Where {
  readonly origin: RequestOrigin
  readonly browser: Browser
  /** What the browser carries of those who trust it, whosever it is. */
  readonly trusted: readonly Secret<string>[]
}

/** For a letter, and for the name that an authenticator shows. */
export type Owner = Person & { readonly locale: string | null }

/** What people prove beside a password, or in its place: each kind is kept by a room of its own. */
export interface Factors {
  /** What the instance asks of everybody. */
  readonly rule: Rule
  heldBy(db: Db | Tx, user: UserId): Promise<Held>
  /** The first time begins it, and is recorded with the end that so many milliseconds make. */
  beginGrace(tx: Tx, by: By, user: UserId, grace: number): Promise<unknown>
  readonly totps: Pick<Totps<By>, 'offer' | 'offered' | 'add' | 'prove'>
  readonly backupCodes: Pick<BackupCodes<By>, 'generate' | 'prove'>
  readonly emailCodes: Pick<EmailCodes<By>, 'enable' | 'send' | 'waiting' | 'prove'>
  readonly passkeys: Pick<
    Passkeys<By>,
    'askForSignIn' | 'askForSecondFactor' | 'askForEnrolment' | 'prove' | 'isStill' | 'add'
  >
  readonly trustedBrowsers: Pick<TrustedBrowsers<By>, 'lifetime' | 'provenBy' | 'used' | 'trust'>
  /** A letter to the owner: a device may be lost, and the codes run out. */
  tellOfBackupCode(
    tx: Tx,
    by: By,
    user: UserId,
    used: { readonly left: number; readonly userAgent: string | undefined },
  ): Promise<unknown>
  /** A letter to the owner, and the end of every other sign-in under way. The person is held before. */
  added(tx: Tx, by: By, user: UserId, what: AddedFactor, kept: KeptAttempt): Promise<unknown>
}

export interface AddedFactor {
  readonly factor: SecondFactor
  readonly name?: string | undefined
  /** Which one, where there may be several of a kind. */
  readonly id?: string
}

interface KeptAttempt {
  readonly attempt: Buffer
  readonly userAgent: string | undefined
}

export type { Pause, Ticket } from '../guard/lockout/lockout.ts'
