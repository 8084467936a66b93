import type { InstanceTx } from '../../db/transaction.ts'
import { harmlessJson } from '../../lib/harmless-json.ts'
import { type ChainedLink, seqOf } from '../chain/chained.ts'
import { readChain } from '../chain/read.ts'
import type { EntryOpener } from '../entry/opened.ts'
import type { ChainedEntry } from '../entry/stored-entry.ts'
import { entriesIn, entryLine, linkLine } from '../export/entry-line.ts'
import { shortFacts, withoutSnapshots } from './fit.ts'
import { type Head, readHeads } from './store.ts'
import type { Mark, StreamLine } from './target.ts'

export interface Batch {
  readonly lines: readonly StreamLine[]
  readonly mark: Mark
}

/** Bounds what is in memory at once, with how much they may weigh together: each becomes a line that is several times as long. */
export const ENTRIES_AT_ONCE = 200

/** The next entries, and the signed heads of those that have been written. */
export async function readBatch(
  tx: InstanceTx,
  opener: EntryOpener,
  sent: Mark,
  limit = ENTRIES_AT_ONCE,
): Promise<Batch> {
  const chained = await readChain(tx, { after: sent.entry, limit })
  const opened = new Map((await opener.open(tx, entriesIn(chained))).map((entry) => [entry.seq, entry]))
  const entry = chained.at(-1) ? Math.max(...chained.map(seqOf)) : sent.entry
  const heads = await readHeads(tx, sent.head, entry)
  const lines = chained.map((one): StreamLine => {
    if (one.kind !== 'entry') {
      const { link } = one
      return { json: harmlessJson(linkLine(link)), at: link.at, name: 'link', facts: { seq: `${link.seq}` } }
    }
    const here = opened.get(one.entry.seq)
    if (!here) throw new Error('an entry that was read was not opened')
    const { seq, at, action, actor, target, organisation } = here
    const written = entryLine(one.entry, here)
    const facts = {
      seq: `${seq}`,
      action,
      actorKind: actor.kind,
      ...(actor.id !== null && { actor: actor.id }),
      targetKind: target.kind,
      target: target.id,
      ...(organisation !== null && { organisation }),
    }
    return {
      json: harmlessJson(written),
      shorter: [
        () => ({ json: withoutSnapshots(written), facts: shortFacts(facts) }),
        // A row from before there were limits may have any length in any of its parts.
        () => ({ json: harmlessJson(linkLine(linkOf(one.entry))), facts: { seq: `${seq}` } }),
      ],
      at,
      name: action,
      facts,
    }
  })
  return { lines: [...lines, ...heads.map(headLine)], mark: { entry, head: heads.at(-1)?.seq ?? sent.head } }
}

const linkOf = ({ seq, id, at, organisation, entryHash, hash }: ChainedEntry): ChainedLink => ({
  seq,
  id,
  at,
  organisation,
  entryHash,
  hash,
})

const headLine = ({ seq, at, jws }: Head): StreamLine => ({
  json: JSON.stringify({ type: 'checkpoint', jws }),
  at,
  name: 'checkpoint',
  facts: { seq: `${seq}` },
})
