import { defineId, type Id } from '../lib/ids.ts'
import type { Device } from './device.ts'

export const sessionId = defineId('ses')
export type SessionId = Id<'ses'>

/** `replaced`: the same browser signed in anew. `idle`: its browser was not seen for too long. */
export type EndReason =
  | 'signed-out'
  | 'replaced'
  | 'revoked'
  | 'idle'
  | 'user-disabled'
  | 'password-changed'
  | 'account-locked'
  | 'account-recovered'

/** One sign-in of one browser, as its owner may see it. */
export interface Session {
  readonly id: SessionId
  readonly device: Device
  readonly ip: string
  readonly amr: readonly string[]
  readonly acr: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
}
