import type { Chained, ChainedLink } from '../chain/chained.ts'
import { type Leaf, leafOf } from '../chain/leaf.ts'
import type { OpenedEntry } from '../entry/opened.ts'
import type { ChainedEntry } from '../entry/stored-entry.ts'
import type { LinkLine } from '../verify/line.ts'
import { describe } from '../words/describe.ts'

/** As `verify/line.ts` reads it: what is hashed, its hashes, and beside it for people what is sealed in it. */
export interface WrittenEntry {
  readonly type: 'entry'
  readonly seq: number
  readonly entry: Leaf
  readonly entryHash: string
  readonly hash: string
  readonly opened: Pick<OpenedEntry, 'ip' | 'userAgent' | 'before' | 'after'> & {
    readonly actorName: string | null
    readonly erased?: true
    readonly broken?: true
  }
  readonly description: string
}

export function entryLine(entry: ChainedEntry, opened: OpenedEntry): WrittenEntry {
  const { actor, ip, userAgent, before, after, erased, broken } = opened
  return {
    type: 'entry',
    seq: entry.seq,
    entry: leafOf(entry, entry.actorName),
    entryHash: entry.entryHash.toString('hex'),
    hash: entry.hash.toString('hex'),
    opened: {
      actorName: actor.name,
      ip,
      userAgent,
      before,
      after,
      ...(erased && { erased }),
      ...(broken && { broken }),
    },
    description: describe(opened),
  }
}

/** Of what retention took away, or what nobody can read any more. */
export const linkLine = ({ seq, id, at, organisation, entryHash, hash }: ChainedLink): LinkLine => ({
  type: 'link',
  seq,
  id,
  time: at.toISOString(),
  org: organisation,
  entryHash: entryHash.toString('hex'),
  hash: hash.toString('hex'),
})

export const entriesIn = (chained: readonly Chained[]): ChainedEntry[] =>
  chained.flatMap((one) => (one.kind === 'entry' ? [one.entry] : []))
