import type { InstanceTx } from '../../db/transaction.ts'
import { type Chained, seqOf } from '../chain/chained.ts'
import { readChain } from '../chain/read.ts'
import type { EntryOpener } from '../entry/opened.ts'
import { type EventFilter, fitting, isWhole } from '../query/filter.ts'
import { type CheckpointLine, type KeyLine, keyLine, type LinkLine, type LogLine } from '../verify/line.ts'
import { readCheckpoints, readHead, readKeys } from '../verify/source/store.ts'
import { entriesIn, entryLine, linkLine, type WrittenEntry } from './entry-line.ts'

export type ExportLine = LogLine | KeyLine | CheckpointLine | WrittenEntry | LinkLine

export interface LinesOptions {
  readonly opener: EntryOpener
  readonly filter: EventFilter
  readonly issuer: string
  readonly now: Date
  /** Hears up to which entry of how many was read. */
  readonly onProgress?: ((seq: number, total: number) => void) | undefined
}

/** What is in memory at once, where they are not large. */
const ENTRIES_AT_ONCE = 500

/**
 * The log as `verify/line.ts` has it, along the chain. With a filter it is a part, from which nobody can tell what is missing:
 * it says so, and leaves away the heads and links, which would prove nothing.
 */
export async function* exportLines(tx: InstanceTx, options: LinesOptions): AsyncGenerator<ExportLine> {
  const { opener, filter, issuer, now, onProgress } = options
  const complete = isWhole(filter)
  yield { type: 'log', version: 1, issuer, exportedAt: now.toISOString(), complete }
  if (complete) yield* keyLines(tx)
  const fits = fitting(filter)
  const { seq: total } = await readHead(tx)
  let last = 0
  for (;;) {
    const page = await readChain(tx, { after: last, limit: ENTRIES_AT_ONCE })
    const isLast = page.length === 0
    const wanted = complete ? page : page.filter((one) => one.kind === 'entry' && fits(one.entry))
    const until = page.map(seqOf).at(-1) ?? last
    const lines = await opened(tx, opener, wanted)
    yield* complete ? withHeads(tx, lines, { after: last, until: isLast ? Number.MAX_SAFE_INTEGER : until }) : lines
    last = until
    onProgress?.(last, total)
    if (isLast) return
  }
}

async function* keyLines(tx: InstanceTx): AsyncGenerator<KeyLine> {
  for (const { public_jwk, endorsement } of await readKeys(tx))
    yield keyLine.parse({ type: 'key', ...(typeof public_jwk === 'object' ? public_jwk : {}), endorsement })
}

async function opened(tx: InstanceTx, opener: EntryOpener, chained: readonly Chained[]) {
  const entries = new Map((await opener.open(tx, entriesIn(chained))).map((entry) => [entry.seq, entry]))
  return chained.map((one): WrittenEntry | LinkLine => {
    const entry = one.kind === 'entry' ? entries.get(one.entry.seq) : undefined
    if (one.kind !== 'entry') return linkLine(one.link)
    if (!entry) throw new Error('an entry that was read was not opened')
    return entryLine(one.entry, entry)
  })
}

interface Stretch {
  readonly after: number
  readonly until: number
}

/** Each right behind the entry that it signs; of a segment that is gone wholly, in its place. */
async function* withHeads(tx: InstanceTx, lines: readonly (WrittenEntry | LinkLine)[], stretch: Stretch) {
  const heads = headsIn(tx, stretch)
  let head = await heads.next()
  for (const line of lines) {
    for (; !head.done && head.value.seq < line.seq; head = await heads.next()) yield checkpoint(head.value)
    yield line
  }
  for (; !head.done; head = await heads.next()) yield checkpoint(head.value)
}

const checkpoint = ({ jws }: { readonly jws: string }): CheckpointLine => ({ type: 'checkpoint', jws })

async function* headsIn(tx: InstanceTx, { after, until }: Stretch) {
  let last = after
  for (;;) {
    const rows = await readCheckpoints(tx, { after: last, until, limit: ENTRIES_AT_ONCE })
    yield* rows
    if (rows.length < ENTRIES_AT_ONCE) return
    last = rows.at(-1)?.seq ?? until
  }
}
