import { entryHash, unreadableHash } from '../chain/leaf.ts'
import { linkHash } from '../chain/link.ts'
import { ACKNOWLEDGED } from './acknowledgement.ts'
import { createBreaks, type Excusable, headHash, tupleHash } from './breaks.ts'
import { createKeptHeads, type KeptHeads } from './kept-heads.ts'
import type { AuditLine, EntryLine, LinkLine, LogLine } from './line.ts'
import { createLogKeys, type PublicKey } from './log-keys.ts'
import { openedFault } from './opened.ts'
import { createPruning } from './pruning.ts'
import { createSignedHeads, type End } from './signed-heads.ts'
import type { SourceLine } from './source-line.ts'
import type { Finding, Summary } from './verdict.ts'

/** Where the chain was found right before. */
export interface Continued {
  readonly seq: number
  readonly hash: Buffer
  /** Of the key that signed the head there. */
  readonly signedBy?: string | undefined
}

interface At {
  readonly id: string
  readonly time: string
  readonly org: string | null
}

export interface Reading {
  /** The next line; answers what is wrong with it. */
  take(line: SourceLine): Promise<Finding | undefined>
  /** What shows only when there is no more. */
  end(): Promise<Finding | undefined>
  summary(): Summary
}

/** Half a surrogate has no canonical form, and no database of ours holds one. */
function hashOf(entry: unknown): string | undefined {
  try {
    return entryHash(entry).toString('hex')
  } catch {
    return undefined
  }
}

/** Nested deeper than Node can compare, for one: nothing of ours, and no reason to end in a stack trace. */
const unreadable = (error: unknown): Finding =>
  error instanceof RangeError
    ? { wrong: 'malformed', detail: 'it is nested too deeply' }
    : { wrong: 'malformed', detail: `it cannot be read: ${error instanceof Error ? error.message : 'unknown'}` }

const NONE_COMPARED: Finding = {
  wrong: 'unproven',
  detail:
    'no kept head could be compared: what it was signed for is not in here, or in a part without what came before it',
}

interface ReadingOptions {
  readonly trustedKeys: readonly PublicKey[] | undefined
  readonly heads: readonly string[]
  readonly begin: Continued
  readonly excusable: Excusable
}

export async function createReading({ trustedKeys, heads, begin, excusable }: ReadingOptions): Promise<Reading> {
  const keys = await createLogKeys(trustedKeys)
  const pruning = createPruning()
  const breaks = createBreaks(excusable)
  let kept: KeptHeads | undefined
  let log: LogLine | undefined
  const end: End = { seq: begin.seq, hash: begin.hash, hasLinks: begin.seq > 0 }
  let [entries, links] = [0, 0]
  let isBehindGap = false
  /** Behind the first gap of a part, a hash is what the line says of itself: nobody who kept a head speaks for it. */
  let isUnbroken = true
  const odd: Finding[] = []
  let oddEntries = 0
  let [from, to]: [string | undefined, string | undefined] = [undefined, undefined]

  const isComplete = () => log?.complete ?? true
  const signedHeads = createSignedHeads({
    keys,
    breaks,
    pruning,
    end,
    begin,
    trustedKeys,
    isComplete,
    kept: () => kept,
  })

  function placeFault(line: EntryLine | LinkLine, at: At): Finding | undefined {
    const { seq } = line
    const { id } = at
    if (seq <= end.seq)
      return { wrong: 'inserted', seq, id, detail: `it stands behind entry ${end.seq}: twice, or where none was` }
    if (seq === end.seq + 1 || !isComplete()) return undefined
    const gone = seq === end.seq + 2 ? `entry ${end.seq + 1} is` : `the entries ${end.seq + 1} to ${seq - 1} are`
    const found: Finding = {
      wrong: 'removed',
      seq: end.seq + 1,
      detail: `${gone} not there: behind ${end.seq} comes ${seq}`,
    }
    if (!breaks.excuses(found, 'gap', { seq: end.seq + 1, is: tupleHash(line, at, end.hash) })) return found
    end.seq = seq - 1
    isBehindGap = true
    return undefined
  }

  function chained(line: EntryLine | LinkLine, at: At): Finding | undefined {
    const { seq } = line
    const misplaced = placeFault(line, at)
    if (misplaced) return misplaced
    const follows = seq === end.seq + 1 && !isBehindGap
    isBehindGap = false
    const next = Buffer.from(line.hash, 'hex')
    if (follows) {
      const link = {
        seq,
        id: at.id,
        at: new Date(at.time),
        organisation: at.org,
        entryHash: Buffer.from(line.entryHash, 'hex'),
      }
      if (!linkHash(end.hash, link).equals(next)) {
        const found: Finding = {
          wrong: 'link-broken',
          seq,
          id: at.id,
          detail: `its hash does not follow from that of ${end.seq === 0 ? 'the beginning' : `entry ${end.seq}`}: it was changed, moved or put in, or the one before it was`,
        }
        if (!breaks.excuses(found, 'link', { seq, is: tupleHash(line, at, end.hash) })) return found
      }
    }
    end.seq = seq
    end.hash = next
    end.hasLinks = true
    from ??= at.time
    to = at.time
    if (!follows && !isComplete()) isUnbroken = false
    return isUnbroken ? kept?.compare(seq, line.hash, at.id) : undefined
  }

  function takeEntry(line: EntryLine): Finding | undefined {
    const { seq, entry } = line
    const misplaced = placeFault(line, entry)
    if (misplaced) return misplaced
    const is = hashOf(entry)
    const isRight = is === line.entryHash
    if (!isRight) {
      const found: Finding = {
        wrong: 'changed',
        seq,
        id: entry.id,
        detail: 'it is not what was hashed when it was written',
      }
      if (is === undefined || !breaks.excuses(found, 'entry', { seq, is })) return found
    }
    const shown = openedFault(line)
    if (shown) return { wrong: 'changed', seq, id: entry.id, detail: `${shown} says something else than the entry` }
    const found = chained(line, entry)
    if (found) return found
    entries++
    // Nothing that it says is believed.
    if (!isRight) return undefined
    signedHeads.entry(line)
    const doubtful = entry.action === ACKNOWLEDGED ? breaks.present(line) : undefined
    if (doubtful !== undefined) isOdd(seq, entry.id, doubtful)
    const strange = pruning.present(line)
    if (strange !== undefined) isOdd(seq, entry.id, strange)
    return undefined
  }

  /** Named when all was read: whoever put one in is not to hide with it what was done behind it. */
  function isOdd(seq: number, id: string, detail: string): void {
    oddEntries++
    if (odd.length === 0) odd.push({ wrong: 'odd', seq, id, detail })
  }

  function takeLink(line: LinkLine): Finding | undefined {
    const found = chained(line, line)
    if (found) return found
    if (line.entryHash === unreadableHash(line.id).toString('hex')) {
      isOdd(line.seq, line.id, 'it could not be read when it was put into the chain, and what it says is not proven')
      return undefined
    }
    links++
    if (!breaks.isGone(line.seq)) pruning.missing(line)
    return undefined
  }

  function unprovenHeads(): Finding | undefined {
    if (heads.length === 0 || !kept) return undefined
    const [compared, given] = [kept.compared(), kept.given()]
    if (compared === 0) return NONE_COMPARED
    if (isComplete() || compared === given) return undefined
    return {
      wrong: 'unproven',
      detail: `of ${given} kept heads ${compared} could be compared: the others are of entries behind the first that is missing in this part, and nothing speaks for what stands there`,
    }
  }

  async function takeValue(value: AuditLine): Promise<Finding | undefined> {
    if (value.type === 'log') {
      if (log || end.seq > begin.seq) return { wrong: 'malformed', detail: 'a second log begins here' }
      log = value
      return undefined
    }
    if (!log)
      return { wrong: 'malformed', detail: 'the line of the log itself is not there: {"type":"log",…} comes first' }
    if (value.type === 'key') {
      if (kept) return { wrong: 'malformed', detail: 'a key stands behind entries' }
      const detail = await keys.add(value)
      return detail === undefined ? undefined : { wrong: 'key', detail }
    }
    const unopened = await openKept()
    if (unopened) return unopened
    if (value.type === 'checkpoint') return signedHeads.take(value)
    return value.type === 'entry' ? takeEntry(value) : takeLink(value)
  }

  /** As much of it as there is. */
  async function takeFaulty(value: AuditLine, fault: Finding): Promise<Finding | undefined> {
    if (value.type !== 'checkpoint') return breaks.isUnreadable(fault) ? takeValue(value) : fault
    const is = headHash(value.jws, end.hash)
    return (await openKept()) ?? (breaks.excuses(fault, 'head', { seq: fault.seq ?? end.seq, is }) ? undefined : fault)
  }

  async function openKept(): Promise<Finding | undefined> {
    if (kept) return undefined
    const made = await createKeptHeads(keys, heads, begin.seq)
    if (!made.ok) return made.error
    kept = made.value
    return undefined
  }

  return {
    take: async ({ line, value, fault }) => {
      const found = fault ? await takeFaulty(value, fault) : await takeValue(value).catch(unreadable)
      return found && { ...found, ...(line !== undefined && { line }) }
    },
    end: async () => {
      if (!log) return { wrong: 'malformed', detail: 'there is no line of a log in it' }
      return (
        (await openKept()) ??
        (isComplete() ? kept?.unseen(end.seq) : undefined) ??
        (isComplete() ? pruning.finding() : undefined) ??
        breaks.finding() ??
        signedHeads.unsignedFault() ??
        unprovenHeads() ??
        (odd[0] && { ...odd[0], detail: `${odd[0].detail}${oddEntries > 1 ? ` (and ${oddEntries - 1} more)` : ''}` })
      )
    },
    summary: () => ({
      issuer: log?.issuer,
      complete: isComplete(),
      entries,
      links,
      ...signedHeads.summary(),
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
      lastSeq: end.seq,
      lastHash: end.hash.toString('hex'),
      keys: keys.all(),
      headsCompared: kept?.compared() ?? 0,
      pruned: pruning.declared(),
      acknowledged: breaks.acknowledged(),
      breaks: breaks.met(),
    }),
  }
}
