import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import type { Device } from './device.ts'
import type { Place } from './place.ts'
import type { EndReason, SessionId } from './session.ts'

/** In whose name a session starts or ends, and from where. */
export interface Origin {
  readonly actor:
    | { readonly kind: 'person'; readonly id: Id<'usr'> }
    | { readonly kind: 'service_account'; readonly id: Id<'sva'> }
    | { readonly kind: 'api_key'; readonly id: Id<'key'> }
    | { readonly kind: 'client' | 'operator' | 'system'; readonly id: string }
    | { readonly kind: 'anonymous' }
  readonly ip?: string
  readonly userAgent?: string | undefined
  readonly session?: Id<'ses'> | undefined
  readonly requestId?: string
}

/** Where the person of a session, and nobody else, acts by what their browser does. */
export type OwnOrigin = Omit<Origin, 'actor'>

interface SessionSnapshot {
  readonly public: Readonly<Record<string, string | readonly string[]>>
  readonly personal?: { readonly personId: Id<'usr'>; readonly fields: Readonly<Record<keyof Device, string | null>> }
}

export interface SessionEvent {
  readonly action: 'session.started' | 'session.strengthened' | 'session.ended' | 'session.forgotten'
  readonly target: SessionId
  readonly before?: SessionSnapshot
  readonly after?: SessionSnapshot
}

/** Inside the change's own transaction: a session does not start or end unrecorded. */
export type RecordEvent = (tx: Tx, origin: Origin, event: SessionEvent) => Promise<unknown>

export interface Over {
  readonly session: SessionId
  readonly user: Id<'usr'>
  readonly reason: EndReason
  /** Where the same browser signed in anew: what goes on there. */
  readonly next?: SessionId
}

/**
 * In the transaction that ends it, for every way in which one ends: what was given in it ends with it, and whoever relies on
 * it will hear of it.
 */
export type EndWhatCameOf = (tx: Tx, origin: Origin, over: Over) => Promise<unknown>

/** Undefined for one that nobody knows the place of. */
export type PlaceOf = (ip: string) => Place | undefined
