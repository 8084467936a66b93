import { entryHash, unreadableHash } from '../chain/leaf.ts'
import { linkHash } from '../chain/link.ts'
import { openHead, type SignedHead } from './head.ts'
import { createKeptHeads, type KeptHeads } from './kept-heads.ts'
import type { AuditLine, CheckpointLine, EntryLine, LinkLine, LogLine } from './line.ts'
import { createLogKeys, type PublicKey } from './log-keys.ts'
import { openedFault } from './opened.ts'
import { createPruning } from './pruning.ts'
import type { SourceLine } from './source-line.ts'
import { createSuccession } from './succession.ts'
import type { Finding, Summary, Wrong } from './verdict.ts'

/** Where the chain was found right before. */
export interface Continued {
  readonly seq: number
  readonly hash: Buffer
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
}

export async function createReading({ trustedKeys, heads, begin }: ReadingOptions): Promise<Reading> {
  const keys = await createLogKeys(trustedKeys)
  const pruning = createPruning()
  let kept: KeptHeads | undefined
  let log: LogLine | undefined
  let { seq: last, hash } = begin
  let [entries, links, segments, prunedSegments] = [0, 0, 0, 0]
  let signed = begin.seq
  let untrusted: SignedHead | undefined
  let signedFor: string | undefined
  const odd: Finding[] = []
  let oddEntries = 0
  const succession = createSuccession(keys)
  let [from, to]: [string | undefined, string | undefined] = [undefined, undefined]

  const isComplete = () => log?.complete ?? true

  function placeFault(seq: number, id: string): Finding | undefined {
    if (seq <= last)
      return { wrong: 'inserted', seq, id, detail: `it stands behind entry ${last}: twice, or where none was` }
    if (seq === last + 1 || !isComplete()) return undefined
    const gone = seq === last + 2 ? `entry ${last + 1} is` : `the entries ${last + 1} to ${seq - 1} are`
    return { wrong: 'removed', seq: last + 1, detail: `${gone} not there: behind ${last} comes ${seq}` }
  }

  function chained(
    line: EntryLine | LinkLine,
    at: { id: string; time: string; org: string | null },
  ): Finding | undefined {
    const { seq } = line
    const misplaced = placeFault(seq, at.id)
    if (misplaced) return misplaced
    const follows = seq === last + 1
    const next = Buffer.from(line.hash, 'hex')
    if (follows) {
      const link = {
        seq,
        id: at.id,
        at: new Date(at.time),
        organisation: at.org,
        entryHash: Buffer.from(line.entryHash, 'hex'),
      }
      if (!linkHash(hash, link).equals(next))
        return {
          wrong: 'link-broken',
          seq,
          id: at.id,
          detail: `its hash does not follow from that of ${last === 0 ? 'the beginning' : `entry ${last}`}: it was changed, moved or put in, or the one before it was`,
        }
    }
    last = seq
    hash = next
    from ??= at.time
    to = at.time
    // Of a part it counts only where the hash was seen to follow: else it is what the line says of itself.
    return follows || isComplete() ? kept?.compare(seq, line.hash, at.id) : undefined
  }

  function takeEntry(line: EntryLine): Finding | undefined {
    const { seq, entry } = line
    const misplaced = placeFault(seq, entry.id)
    if (misplaced) return misplaced
    if (hashOf(entry) !== line.entryHash)
      return { wrong: 'changed', seq, id: entry.id, detail: 'it is not what was hashed when it was written' }
    const shown = openedFault(line)
    if (shown) return { wrong: 'changed', seq, id: entry.id, detail: `${shown} says something else than the entry` }
    const found = chained(line, entry)
    if (found) return found
    entries++
    succession.entry(line)
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
    pruning.missing(line)
    return undefined
  }

  async function takeCheckpoint(line: CheckpointLine): Promise<Finding | undefined> {
    const opened = await openHead(keys, line.jws)
    const about = (wrong: Wrong, detail: string): Finding => ({
      wrong,
      detail,
      seq: opened.ok ? opened.value.seq : undefined,
    })
    if (!opened.ok)
      return { ...about(opened.error.wrong, `the signed head behind entry ${last}: ${opened.error.detail}`) }
    const head = opened.value
    if (!isComplete()) return last === head.seq && head.hash !== hash.toString('hex') ? differs(head) : undefined
    const retired = succession.head(head)
    if (retired !== undefined) return about('key', retired)
    if (head.first !== signed + 1)
      return about(
        'removed',
        `the signed head that ends at ${head.first - 1} is not there: behind ${signed} comes one that begins at ${head.first}`,
      )
    if (last === signed && entries + links === 0 && begin.seq === 0) return skip(head)
    if (head.seq > last)
      return {
        wrong: 'removed',
        seq: last + 1,
        detail: `the entries ${last + 1} to ${head.seq} are not there, but a head was signed at ${head.seq}`,
      }
    if (head.seq < last) return about('malformed', `the head signed at ${head.seq} stands behind entry ${last}`)
    if (head.hash !== hash.toString('hex')) return differs(head)
    return sign(head)
  }

  const differs = ({ seq, first }: SignedHead): Finding => ({
    wrong: 'head-differs',
    seq,
    detail: `the head that was signed there has another hash: entries between ${first} and ${seq} were rebuilt`,
  })

  /** Retention left nothing but its head. That all before is gone too is what makes it believable: see `pruning`. */
  function skip(head: SignedHead): Finding | undefined {
    prunedSegments++
    pruning.segment(head.first, head.seq)
    last = head.seq
    hash = Buffer.from(head.hash, 'hex')
    return kept?.compare(head.seq, head.hash) ?? sign(head)
  }

  function sign(head: SignedHead): undefined {
    segments++
    signed = head.seq
    signedFor = head.issuer
    untrusted = head.isTrusted ? undefined : head
  }

  /** Only where somebody asked whose it is. */
  function unsignedFault(): Finding | undefined {
    if (!trustedKeys || begin.seq > 0) return undefined
    if (!succession.signer())
      return { wrong: 'unproven', detail: 'no signed head is in it: nothing here was signed by a key that you trust' }
    const retired = isComplete() ? succession.newest() : undefined
    if (retired !== undefined) return { wrong: 'key', seq: signed, detail: retired }
    if (!untrusted) return undefined
    return {
      wrong: 'key',
      seq: untrusted.seq,
      detail: `the newest head was signed by the key ${untrusted.kid}, which is neither trusted nor endorsed by one that is`,
    }
  }

  async function takeValue(value: AuditLine): Promise<Finding | undefined> {
    if (value.type === 'log') {
      if (log || last > begin.seq) return { wrong: 'malformed', detail: 'a second log begins here' }
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
    if (value.type === 'checkpoint') return takeCheckpoint(value)
    return value.type === 'entry' ? takeEntry(value) : takeLink(value)
  }

  async function openKept(): Promise<Finding | undefined> {
    if (kept) return undefined
    const made = await createKeptHeads(keys, heads, begin.seq)
    if (!made.ok) return made.error
    kept = made.value
    return undefined
  }

  return {
    take: async ({ line, value }) => {
      const found = await takeValue(value).catch(unreadable)
      return found && { ...found, ...(line !== undefined && { line }) }
    },
    end: async () => {
      if (!log) return { wrong: 'malformed', detail: 'there is no line of a log in it' }
      return (
        (await openKept()) ??
        (isComplete() ? kept?.unseen(last) : undefined) ??
        (isComplete() ? pruning.finding() : undefined) ??
        unsignedFault() ??
        (heads.length > 0 && kept?.compared() === 0 ? NONE_COMPARED : undefined) ??
        (odd[0] && { ...odd[0], detail: `${odd[0].detail}${oddEntries > 1 ? ` (and ${oddEntries - 1} more)` : ''}` })
      )
    },
    summary: () => ({
      issuer: log?.issuer,
      signedFor,
      complete: isComplete(),
      entries,
      links,
      segments,
      prunedSegments,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
      lastSeq: last,
      lastHash: hash.toString('hex'),
      signedSeq: signed,
      keys: keys.all(),
      headsCompared: kept?.compared() ?? 0,
      pruned: pruning.declared(),
    }),
  }
}
