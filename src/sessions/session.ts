import { defineId, type Id } from '../lib/ids.ts'
import type { Device } from './device.ts'
import type { Place } from './place.ts'

export const sessionId = defineId('ses')
export type SessionId = Id<'ses'>

/**
 * `replaced`: the same browser signed in anew. `idle`: its browser was not seen for too long. `expired`: it began too long
 * ago, however often it was seen.
 */
export type EndReason =
  | 'signed-out'
  | 'replaced'
  | 'revoked'
  | 'idle'
  | 'expired'
  | 'user-disabled'
  | 'password-changed'
  | 'account-locked'
  | 'account-recovered'

/** One sign-in of one browser, as its owner may see it. */
export interface Session {
  readonly id: SessionId
  readonly device: Device
  readonly ip: string
  /** Where that address is, if the operator has a file that says so. */
  readonly place?: Place | undefined
  readonly amr: readonly string[]
  readonly acr: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
}

type Traits = 'device' | 'ip' | 'place'

/** For an operator. Of somebody who was erased nothing is left to recognise it by. */
export interface SessionOfSomebody extends Omit<Session, Traits>, Partial<Pick<Session, Traits>> {
  readonly user: Id<'usr'>
}

export interface FoundSession extends Omit<SessionOfSomebody, 'lastSeenAt'> {
  /** Undefined for a sign-in that was not followed home. */
  readonly lastSeenAt: Date | undefined
  readonly ended: { readonly at: Date; readonly reason: string } | undefined
  /** Also where it came to its end by itself, and nobody has written it down yet. */
  readonly isOver: boolean
}
