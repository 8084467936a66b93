import { sha256 } from '../../lib/hash.ts'
import { canonicalAsOrdered } from './canonical.ts'

/** Before the first. */
export const NO_LINK: Buffer = Buffer.alloc(32)

/** What is left of an entry when retention has taken it away: enough to go on with the chain. */
export interface Link {
  readonly seq: number
  readonly id: string
  readonly at: Date
  readonly organisation: string | null
  readonly entryHash: Buffer
}

/** Whose and when is part of the link, not of the entry alone: both can be checked of entries that are gone. */
export const linkHash = (previous: Buffer, { seq, id, at, organisation, entryHash }: Link): Buffer =>
  sha256(
    canonicalAsOrdered([
      'hearthkey-audit-1',
      seq,
      previous.toString('hex'),
      id,
      at.toISOString(),
      organisation,
      entryHash.toString('hex'),
    ]),
  )
