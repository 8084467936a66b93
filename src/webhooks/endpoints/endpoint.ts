import { defineId, type Id } from '../../lib/ids.ts'
import { unfitForLine } from '../../lib/one-line.ts'

export const endpointId = defineId('whk')
export type EndpointId = Id<'whk'>

export type DisabledCause = 'by-hand' | 'failing'

/** Who is told of events, by a request to an address of theirs. */
export interface Endpoint {
  readonly id: EndpointId
  /** Null: of the instance, and told of everything. */
  readonly organisation: Id<'org'> | null
  readonly name: string
  readonly url: string
  /** `user.created`, `user.*` or `*`. */
  readonly events: readonly string[]
  /** Whether it is told what speaks of persons. */
  readonly personal: boolean
  readonly createdAt: Date
  readonly disabledAt: Date | null
  readonly disabledBecause: DisabledCause | null
}

/** What whoever adds one says of it, and may change afterwards. */
export type EndpointDraft = Pick<Endpoint, 'name' | 'url' | 'events' | 'personal'>

/** One line that a person can read aloud. */
export const isEndpointName = (text: string): boolean =>
  text.length > 0 && text.length <= 100 && text.trim() === text && !unfitForLine.test(text)
