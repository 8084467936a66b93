import type { Context } from 'hono'
import type { ActorContext } from '../audit/actor.ts'
import type { BackupCodes } from '../credentials/backup-code/service.ts'
import type { EmailCodes } from '../credentials/email-code/service.ts'
import type { Passkeys } from '../credentials/passkey/service.ts'
import type { HashedPassword } from '../credentials/password/password.ts'
import type { Passwords as PasswordService } from '../credentials/password/service.ts'
import type { Totps } from '../credentials/totp/service.ts'
import type { Db, Tx } from '../db/types.ts'
import type { SecondFactor } from '../factors/factor.ts'
import type { Held } from '../factors/held.ts'
import type { RuleOf } from '../factors/may-remove.ts'
import type { Browser } from '../guard/browsers/browser.ts'
import type { BrowserCookie } from '../guard/browsers/cookie.ts'
import type { Limits } from '../guard/limits/service.ts'
import type { Lockout } from '../guard/lockout/service.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Secret } from '../lib/secret.ts'
import type { Letter } from '../mail/letter.ts'
import type { Memberships } from '../orgs/memberships/service.ts'
import type { OrgId } from '../orgs/org.ts'
import type { Sessions as SessionService } from '../sessions/service.ts'
import type { SessionId } from '../sessions/session.ts'
import type { TrustCookie } from '../trusted-browsers/cookie.ts'
import type { TrustedBrowsers } from '../trusted-browsers/service.ts'
import type { Users as UserService } from '../users/service.ts'
import type { User, UserId } from '../users/user.ts'
import type { OwnApplication } from './applications/application.ts'
import type { AccountPath } from './paths.ts'

/** Who is signed in in this browser, proven at `authTime`. */
export interface Viewer {
  readonly user: UserId
  readonly session: SessionId
  readonly authTime: Date
  readonly amr: readonly string[]
  readonly acr: string
}

/** The protocol's session, for pages. */
export interface BrowserSessions {
  of(c: Context<HttpEnv>): Promise<Viewer | undefined>
  signIn(
    c: Context<HttpEnv>,
    request: { readonly returnTo: AccountPath; readonly maxAge?: number; readonly acr?: string },
  ): Promise<Response>
  /** One of our own pages, here or in another room. */
  returnTo(c: Context<HttpEnv>): Promise<`/${string}` | undefined>
}

export type Users = Pick<
  UserService<ActorContext>,
  'find' | 'findByEmail' | 'hold' | 'changeEmail' | 'disownEmail' | 'verifyEmail' | 'lock'
>
export type Sessions = Pick<SessionService, 'listOf' | 'liveOf' | 'hold' | 'end' | 'proofsOf' | 'strengthen'>

/** Sign-ins that have proven something of this person and are not over: none of them goes on. */
export type DropSignIns = (tx: Tx, user: UserId) => Promise<void>

/** How strong a sensitive change asks the sign-in to be: as strong as the person can, of what the instance lets count. */
export interface StepUpRules {
  heldBy(user: UserId, tx?: Tx): Promise<Held>
  readonly counting: readonly SecondFactor[]
  /** All that ask for a second factor of this person: the instance, their organisations, their roles there. */
  rulesOf(user: UserId): Promise<readonly RuleOf[]>
}

/** A room for each kind of what somebody proves beside a password, or in its place. */
export interface OwnFactors {
  readonly totps: Pick<Totps<ActorContext>, 'offer' | 'offered' | 'add' | 'listOf' | 'rename' | 'remove'>
  readonly passkeys: Pick<
    Passkeys<ActorContext>,
    'askForEnrolment' | 'add' | 'listOf' | 'rename' | 'remove' | 'signalFor'
  >
  readonly backupCodes: Pick<BackupCodes<ActorContext>, 'generate' | 'standingOf' | 'removeAllOf'>
  readonly emailCodes: Pick<EmailCodes<ActorContext>, 'enable' | 'disable' | 'isEnabled' | 'send' | 'waiting' | 'prove'>
  readonly trustedBrowsers: Pick<TrustedBrowsers<ActorContext>, 'lifetime' | 'listOf' | 'end' | 'endAllOf'>
  readonly trustCookie: Pick<TrustCookie, 'of'>
}

/** Around every factor that comes or goes: the letter to its owner, and the end of what rested on the ones before. */
export type FactorChanged = (
  tx: Tx,
  by: ActorContext,
  user: User,
  what: {
    readonly kind: 'added' | 'removed'
    readonly factor: SecondFactor
    readonly name?: string | undefined
    /** Which one, where there may be several of a kind. */
    readonly id?: string
  },
  kept: { readonly session: SessionId; readonly device?: string | undefined },
) => Promise<void>
export type Passwords = Pick<PasswordService<ActorContext>, 'minimumOf' | 'refusalOf' | 'prepare' | 'verify'>

/** Beside their password, at every sign-in: then a shorter one will do. */
export type HasSecondFactor = (user: UserId) => Promise<boolean>

/**
 * With everything that the former one opened, but where its owner sits, and a letter that tells of it. Answers how the
 * account knows that browser from now on.
 */
export type ReplacePassword = (
  tx: Tx,
  by: ActorContext,
  person: User,
  password: HashedPassword,
  how: {
    readonly session: SessionId
    readonly browser: Browser
    readonly seen: { readonly device?: string | undefined; readonly place?: string | undefined }
  },
) => Promise<Browser>

/** What was granted in somebody's name: codes, refresh tokens and what they would become. */
export interface Grants {
  /** All that were not given in this session, wherever else. */
  revokeAllBut(tx: Tx, by: ActorContext, user: UserId, session: SessionId): Promise<unknown>
}

export interface Mail {
  send(tx: Tx, letter: Letter): Promise<unknown>
}

type Purpose = 'email-change' | 'email-change-undo'

export interface OpenLink {
  readonly person?: UserId | undefined
  readonly data?: Readonly<Record<string, string>> | undefined
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/** What came at that moment or later of what they could prove. The person is held before. */
export type TakeLaterFactors = (
  tx: Tx,
  by: ActorContext,
  user: UserId,
  later: { readonly since: Date },
) => Promise<unknown>

/** What was agreed to then or later, taken back; answers the names of the applications. The sessions are ended before. */
export type TakeLaterConsents = (tx: Tx, by: ActorContext, user: UserId, since: Date) => Promise<readonly string[]>

/** The way back that an administrator has opened, if one is open: it was told to another address. */
export type CloseFactorRecovery = (tx: Tx, by: ActorContext, user: UserId) => Promise<unknown>

/** One-time links that are sent by mail. */
export interface Links {
  issue(
    tx: Tx,
    by: ActorContext,
    link: {
      readonly purpose: Purpose
      readonly person: UserId
      readonly data: Readonly<Record<string, string>>
      readonly validFor: number
      readonly supersede?: boolean
    },
  ): Promise<{ readonly token: Secret<string>; readonly expiresAt: Date }>
  look(purpose: Purpose, token: string): Promise<OpenLink | undefined>
  openOf(at: Db | Tx, purpose: Purpose, person: UserId): Promise<readonly OpenLink[]>
  take(tx: Tx, by: ActorContext, purpose: Purpose, token: string): Promise<OpenLink | undefined>
  withdraw(
    tx: Tx,
    by: ActorContext,
    which: {
      readonly purpose: readonly (Purpose | 'recovery' | 'email-verification' | 'not-me')[]
      readonly person: UserId
      readonly issuedSince?: Date
      readonly issuedAfter?: Date
    },
  ): Promise<unknown>
}

/** Tells a person by mail of what happened to their account. */
export interface Notices {
  tell(
    tx: Tx,
    by: ActorContext,
    notice: {
      readonly user: User
      readonly what: 'email-changed' | 'account-locked'
      readonly applications?: readonly string[]
      readonly hasLink?: boolean
    },
  ): Promise<unknown>
}

/** What a person may see and end of their own memberships. */
export interface OwnOrganisations extends Pick<Memberships<ActorContext>, 'leave'> {
  of(person: UserId): ReturnType<Memberships<ActorContext>['organisationsOf']>
  choicesOf(
    person: UserId,
  ): Promise<readonly { readonly clientId: string; readonly client: string; readonly organisation: OrgId }[]>
  forget(person: UserId, clientId: string): Promise<unknown>
}

/** What somebody has let in, and how they send it away. */
export interface OwnApplications {
  of(person: UserId): Promise<readonly OwnApplication[]>
  /** With what was agreed to and all that it holds. False where it held nothing. */
  remove(by: ActorContext, person: UserId, clientId: string): Promise<boolean>
}

/** Sends the link that proves the mailbox of an address that is not verified yet. */
export interface Verification {
  send(by: ActorContext, user: User): Promise<unknown>
}

/**
 * Between a stolen session and the password: its tries count with those of the sign-in, and whoever is signed in does not
 * hammer their own account, nor anybody's mailbox.
 */
export interface Guard {
  readonly lockout: Pick<Lockout<ActorContext>, 'begin' | 'failed' | 'giveBack'>
  readonly browserCookie: BrowserCookie
  readonly limits: Pick<Limits, 'take'>
  /** Under which name an address is counted. */
  emailKey(typed: string): Buffer
}

export interface AccountEvent {
  readonly action: 'user.email_change_requested' | 'user.email_change_withdrawn' | 'user.email_change_undone'
  readonly target: UserId
  readonly after: {
    readonly public?: { readonly restored: boolean }
    readonly personal: { readonly personId: UserId; readonly fields: { readonly email: string } }
  }
}

export type RecordEvent = (tx: Tx, by: ActorContext, event: AccountEvent) => Promise<unknown>

/** Somebody sits at a browser that is signed in, and does not know the password. */
export interface AccountRefusal {
  readonly action: 'step_up.failed'
  readonly target: UserId
  readonly after: { readonly public: { readonly factor: 'password' } }
}

/** In a transaction of its own: nothing else is written where somebody is refused. */
export type RecordRefusal = (by: ActorContext, event: AccountRefusal) => Promise<unknown>
