import type { Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'

/** Where a sealed value stands, bound into its seal: moved to another row or column, it does not open. */
export interface SealedPlace {
  readonly table: 'events'
  readonly column: 'personal' | 'ip' | 'user_agent'
  readonly row: string
}

export type SealAt = (place: SealedPlace, plaintext: string) => Buffer

/** What the log of events asks of the keyring, once an event. The key of `NOBODY` must exist too: a first start makes it. */
export type SealForPerson = (tx: Tx, personId: Id<'usr'>) => Promise<SealAt>

/**
 * Stands for everybody who is not known: the address of a failed sign-in is sealed with this key. Not with the
 * instance's own, because what that seals is re-sealed when it rotates, and events are never rewritten.
 */
export const NOBODY: Id<'usr'> = defineId('usr').fromUuid('00000000-0000-7000-8000-000000000000')
