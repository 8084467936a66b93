import type { EventId } from '../../audit/event.ts'
import type { Id } from '../../lib/ids.ts'

/** What of an event in the log says who is to be told of it. */
export interface Dispatched {
  readonly id: EventId
  readonly seq: number
  readonly organisation: Id<'org'> | null
  readonly action: string
  readonly at: Date
  readonly target: { readonly kind: string; readonly id: string }
}
