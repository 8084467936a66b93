import type { Id } from '../../lib/ids.ts'
import type { ChainedEntry } from '../entry/stored-entry.ts'

/** What is left in the chain of an event that retention took away, or that nobody can read. */
export interface ChainedLink {
  readonly seq: number
  readonly id: string
  readonly at: Date
  readonly organisation: Id<'org'> | null
  readonly entryHash: Buffer
  readonly hash: Buffer
}

export type Chained =
  | { readonly kind: 'entry'; readonly entry: ChainedEntry }
  /** `gone`: there is no event. `unreadable`: there is a row that no writer of ours left so. */
  | { readonly kind: 'gone' | 'unreadable'; readonly link: ChainedLink }

export const seqOf = (chained: Chained): number => (chained.kind === 'entry' ? chained.entry.seq : chained.link.seq)
