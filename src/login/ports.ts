import type { Context } from 'hono'
import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Secret } from '../lib/secret.ts'
import type { Sessions as SessionService } from '../sessions/service.ts'
import type { SessionId } from '../sessions/session.ts'
import type { UserId } from '../users/user.ts'

/** What the protocol engine waits for. It belongs to one browser, by a cookie of the engine's. */
export interface PendingInteraction {
  readonly uid: string
  readonly prompt: 'login' | 'consent'
  readonly client: PendingClient
  /** Registered and matched: where the forms of this interaction end up. */
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly resource?: string
  readonly loginHint?: string
  readonly uiLocales?: string
  /** Who is signed in to the engine in this browser. */
  readonly sessionUser?: UserId
  readonly expiresAt: Date
}

interface PendingClient {
  readonly id: string
  readonly name: string
  readonly firstParty: boolean
  /** Its home page. */
  readonly uri?: string
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
  aborted(c: Context<HttpEnv>, reason: 'access_denied'): Promise<Response>
}

export interface Account {
  readonly id: UserId
  readonly status: 'active' | 'disabled'
}

export interface Users {
  /** Undefined for what is not even an address: it goes the way of an unknown one. */
  findForSignIn(email: string): Promise<Account | undefined>
  find(id: UserId): Promise<(Account & { readonly email: string }) | undefined>
}

export interface Passwords {
  /** Throws `busy` when too many wait, before anybody is looked up: in a storm a stranger costs nothing, known or not. */
  assertRoom(): void
  /** The same work whether there is such a user, such a password, or neither. Throws `busy` when too many wait. */
  verify(user: UserId | undefined, password: Secret<string>): Promise<'match' | 'mismatch'>
}

export type Sessions = Pick<SessionService, 'start'>
export type Events = EventWriter

/** Where a request comes from, before anybody is proven. */
export type Where = Required<Pick<ActorContext, 'ip' | 'requestId'>> & { readonly userAgent: string | undefined }
