import type { Id } from '../../lib/ids.ts'
import type { Actor } from '../actor.ts'
import type { EventId } from '../event.ts'
import type { SnapshotFields } from '../snapshot.ts'

/** An event as it stands in the log: what speaks of a person is sealed with that person's key. */
export interface StoredEntry {
  readonly id: EventId
  readonly at: Date
  readonly organisation: Id<'org'> | null
  readonly action: string
  readonly actor: { readonly kind: Actor['kind']; readonly id: string | null }
  readonly target: { readonly kind: string; readonly id: string }
  readonly before: SnapshotFields | null
  readonly after: SnapshotFields | null
  readonly personal: SealedOf | null
  readonly origin: {
    readonly of: Id<'usr'>
    readonly ip: Buffer
    readonly userAgent: Buffer | null
  } | null
  readonly session: Id<'ses'> | null
  readonly requestId: string | null
}

interface SealedOf {
  readonly of: Id<'usr'>
  readonly sealed: Buffer
}

/** What its actor was called when it was put into the chain: of a person sealed. */
export type ActorName = string | { readonly sealed: Buffer } | null

/** A year of them is read in the order of `seq`, without a gap. */
export interface ChainedEntry extends StoredEntry {
  readonly seq: number
  readonly actorName: ActorName
  readonly entryHash: Buffer
  readonly hash: Buffer
}
