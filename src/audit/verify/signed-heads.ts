import { type Breaks, headHash } from './breaks.ts'
import { openHead, type SignedHead } from './head.ts'
import type { KeptHeads } from './kept-heads.ts'
import type { CheckpointLine, EntryLine } from './line.ts'
import type { LogKeys, PublicKey } from './log-keys.ts'
import type { Pruning } from './pruning.ts'
import type { Continued } from './reading.ts'
import { createSuccession } from './succession.ts'
import type { Finding, Summary, Wrong } from './verdict.ts'

/** Where what was read ends. */
export interface End {
  seq: number
  hash: Buffer
  /** Before the first, there may be heads alone: of segments that retention took. */
  hasLinks: boolean
}

interface SignedHeadsOptions {
  readonly keys: LogKeys
  readonly breaks: Breaks
  readonly pruning: Pruning
  readonly end: End
  readonly begin: Continued
  readonly trustedKeys: readonly PublicKey[] | undefined
  readonly isComplete: () => boolean
  readonly kept: () => KeptHeads | undefined
}

export interface SignedHeads {
  entry(line: EntryLine): void
  take(line: CheckpointLine): Promise<Finding | undefined>
  /** Only where somebody asked whose it is. */
  unsignedFault(): Finding | undefined
  summary(): Pick<Summary, 'signedFor' | 'segments' | 'prunedSegments' | 'signedSeq'>
}

/** The heads of a log: each signs the entries behind the one before it, and all that came before. */
export function createSignedHeads({
  keys,
  breaks,
  pruning,
  end,
  begin,
  trustedKeys,
  isComplete,
  kept,
}: SignedHeadsOptions): SignedHeads {
  const succession = createSuccession(keys, begin.signedBy)
  let [segments, prunedSegments, signed] = [0, 0, begin.seq]
  let untrusted: SignedHead | undefined
  let signedFor: string | undefined

  async function take(line: CheckpointLine): Promise<Finding | undefined> {
    const opened = await openHead(keys, line.jws)
    const about = (wrong: Wrong, detail: string): Finding => ({
      wrong,
      detail,
      seq: opened.ok ? opened.value.seq : undefined,
    })
    const excused = (found: Finding) =>
      isComplete() && breaks.excuses(found, 'head', { seq: found.seq ?? end.seq, is: headHash(line.jws, end.hash) })
    if (!opened.ok) {
      const found = about(opened.error.wrong, `the signed head behind entry ${end.seq}: ${opened.error.detail}`)
      return excused(found) ? undefined : found
    }
    const head = opened.value
    if (!isComplete()) return end.seq === head.seq && head.hash !== end.hash.toString('hex') ? differs(head) : undefined
    const retired = succession.head(head)
    if (retired !== undefined) {
      const found = about('key', retired)
      return excused(found) ? undefined : found
    }
    if (head.first !== signed + 1) {
      const found = about(
        'removed',
        `the signed head that ends at ${head.first - 1} is not there: behind ${signed} comes one that begins at ${head.first}`,
      )
      if (!excused(found)) return found
    }
    if (end.seq === signed && !end.hasLinks) return skip(head)
    if (head.seq > end.seq) {
      const found: Finding = {
        wrong: 'removed',
        seq: end.seq + 1,
        detail: `the entries ${end.seq + 1} to ${head.seq} are not there, but a head was signed at ${head.seq}`,
      }
      if (!excused(found)) return found
      // What the signed head says is what comes next has to follow from.
      end.seq = head.seq
      end.hash = Buffer.from(head.hash, 'hex')
      return kept()?.compare(head.seq, head.hash) ?? sign(head)
    }
    if (head.seq < end.seq) return about('malformed', `the head signed at ${head.seq} stands behind entry ${end.seq}`)
    if (head.hash !== end.hash.toString('hex') && !excused(differs(head))) return differs(head)
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
    if (!breaks.isGone(head.first, head.seq)) pruning.segment(head.first, head.seq)
    end.seq = head.seq
    end.hash = Buffer.from(head.hash, 'hex')
    return kept()?.compare(head.seq, head.hash) ?? sign(head)
  }

  function sign(head: SignedHead): undefined {
    segments++
    signed = head.seq
    signedFor = head.issuer
    untrusted = head.isTrusted ? undefined : head
  }

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

  return {
    entry: succession.entry,
    take,
    unsignedFault,
    summary: () => ({ signedFor, segments, prunedSegments, signedSeq: signed }),
  }
}
