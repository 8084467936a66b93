import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import type { Device } from './device.ts'
import type { SessionId } from './session.ts'

/** In whose name a session starts or ends, and from where. */
export interface Origin {
  readonly actor:
    | { readonly kind: 'person'; readonly id: Id<'usr'> }
    | { readonly kind: 'client' | 'operator' | 'system'; readonly id: string }
    | { readonly kind: 'anonymous' }
  readonly ip?: string
  readonly requestId?: string
}

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
