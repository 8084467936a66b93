import type { ActorContext } from '../audit/actor.ts'
import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'

/** What the protocol asks of the people. */
export interface Users {
  find(id: Id<'usr'>): Promise<Person | undefined>
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
  /** The sign-in that this row stands for is carried by this session of the engine from now on. False when it has ended. */
  bind(tx: Tx, bond: { readonly session: Id<'ses'>; readonly engineUidHash: Buffer }): Promise<boolean>
  /** Whoever ends it meanwhile waits for this transaction, and then finds all of it. False when it has ended. */
  hold(tx: Tx, session: Id<'ses'>): Promise<boolean>
  /** Signed out. */
  ended(tx: Tx, session: { readonly engineUidHash: Buffer }): Promise<unknown>
  /** False once the session was ended anywhere: it is dead for the engine at once. */
  isLive(engineUidHash: Buffer): Promise<boolean>
  /** The same for a row of ours, as `sid` in a token names it. */
  isLiveSession(session: Id<'ses'>): Promise<boolean>
  /** Its browser was here. */
  touch(engineUidHash: Buffer): Promise<unknown>
}

/** A code or refresh token came a second time: its owner hears that what came of it was ended. */
export type TellOfReplay = (tx: Tx, by: ActorContext, user: Id<'usr'>) => Promise<unknown>
