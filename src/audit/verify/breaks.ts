import { sha256 } from '../../lib/hash.ts'
import { canonical } from '../chain/canonical.ts'
import { type Acknowledgement, type Break, type BreakKind, believed } from './acknowledgement.ts'
import type { EntryLine, LinkLine } from './line.ts'
import type { Finding } from './verdict.ts'

/** What somebody may have looked into. Whether they have is proven by the entry that says so, when that is read. */
export interface Excusable {
  /** As somebody claims that it was acknowledged: where to look, and no proof of anything. */
  readonly claimed?: readonly Break[]
  /** Everything is gone past, to tell what there is to be acknowledged. */
  readonly all?: boolean
  /** Then also: what is gone, and nobody has claimed yet. */
  readonly gone?: readonly Break[]
}

export interface Breaks {
  /** Whether to go on behind it. `is`: what stands there now, so that it cannot be changed once more. */
  excuses(finding: Finding, what: BreakKind, place: { readonly seq: number; readonly is: string }): boolean
  /** An entry, or the links of a whole segment, that is not there and that no retention took. */
  isGone(first: number, to?: number): boolean
  /** An entry that nobody can read is as good as gone. */
  isUnreadable(finding: Finding): boolean
  /** An entry that is proven. Answers what is odd about it. */
  present(line: EntryLine): string | undefined
  /** When all was read: what was gone past although nothing in the chain says that it was looked into. */
  finding(): Finding | undefined
  readonly met: () => readonly Break[]
  readonly acknowledged: () => readonly Acknowledgement[]
}

/** At once: more than anybody looks into one by one, and as much as one event can hold. What was acknowledged counts no more. */
export const MOST_BREAKS = 500

interface Place {
  readonly id: string
  readonly time: string
  readonly org: string | null
}

/**
 * Of a line whose link cannot be proven: all that it says, and behind what it stood. No link speaks for what came before it, and
 * a head perhaps long after it: without the hash before, that could be changed once more at leisure.
 */
export const tupleHash = (line: EntryLine | LinkLine, { id, time, org }: Place, before: Buffer): string =>
  sha256(canonical([line.seq, id, time, org, line.entryHash, line.hash, before.toString('hex')])).toString('hex')

export const headHash = (jws: string, hash: Buffer): string =>
  sha256(canonical([jws, hash.toString('hex')])).toString('hex')

const keyOf = ({ what, wrong, seq, to, is }: Omit<Break, 'detail'>): string =>
  `${what} ${wrong} ${seq} ${to ?? ''} ${is}`

export function createBreaks({ claimed = [], all = false, gone: unclaimed = [] }: Excusable): Breaks {
  const claims = new Set(claimed.map(keyOf))
  const gone = [...claimed.filter(({ what }) => what === 'gone'), ...unclaimed]
  let found = 0
  const met = new Map<string, { readonly one: Break; readonly finding: Finding }>()
  const proven = new Set<string>()
  const acknowledged: Acknowledgement[] = []

  const meet = (one: Break, finding: Finding): boolean => {
    const key = keyOf(one)
    if (met.has(key)) return true
    if (!claims.has(key) && ++found > MOST_BREAKS) return false
    met.set(key, { one, finding })
    return true
  }

  return {
    excuses: (finding, what, { seq, is }) => {
      const one: Break = { what, wrong: finding.wrong, seq, to: null, is, detail: finding.detail }
      return (all || claims.has(keyOf(one))) && meet(one, finding)
    },
    isGone: (first, to = first) => {
      const run = gone.find((one) => one.seq <= first && to <= (one.to ?? one.seq))
      return run !== undefined && meet(run, { wrong: 'removed', seq: run.seq, detail: run.detail })
    },
    isUnreadable: (finding) => {
      const { seq, detail } = finding
      if (seq === undefined) return false
      if (all) gone.push({ what: 'gone', wrong: 'removed', seq, to: seq, is: '', detail })
      return gone.some((one) => one.seq <= seq && seq <= (one.to ?? one.seq))
    },
    present: (line) => {
      const said = believed(line)
      if (said === undefined) return 'it says audit.break_acknowledged, but not as the command does: it is not believed'
      // What was yet to come, nobody can have looked into.
      for (const one of said.breaks) if ((one.to ?? one.seq) < line.seq) proven.add(keyOf(one))
      acknowledged.push(said)
      return undefined
    },
    finding: () => (all ? undefined : [...met].find(([key]) => !proven.has(key))?.[1].finding),
    met: () => [...met.values()].map(({ one }) => one),
    acknowledged: () => acknowledged,
  }
}
