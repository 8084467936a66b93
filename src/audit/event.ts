import { defineId, type Id } from '../lib/ids.ts'
import type { Snapshot } from './snapshot.ts'
import type { Action } from './vocabulary.ts'

export const eventId = defineId('evt')
export type EventId = Id<'evt'>

export interface EventInput {
  readonly action: Action
  /** The id of what it was done to; the vocabulary knows of which kind. */
  readonly target: string
  readonly before?: Snapshot
  readonly after?: Snapshot
}
