import { z } from 'zod'
import type { EntryLine, LinkLine } from './line.ts'
import type { Finding, Pruned } from './verdict.ts'

/** What `audit.pruned` says: of one organisation everything up to there; of the instance, up to where no link is left. */
export const prunedFields = z.looseObject({
  upTo: z.int().min(0),
  entries: z.int().min(0),
  linksUpTo: z.int().min(0).optional(),
})

/** Who says it. */
const RETENTION = 'audit.prune'

interface Missing {
  readonly first: LinkLine
  last: LinkLine
  /** Behind one that is still there: no retention leaves such a gap, as it takes the oldest first. */
  gap: LinkLine | undefined
}

interface OfOrganisation {
  isThere: boolean
  missing: Missing | undefined
}

export interface Pruning {
  /** An entry that is there, and proven by now. Answers what is odd about it: an `audit.pruned` that no retention wrote. */
  present(line: EntryLine): string | undefined
  missing(line: LinkLine): void
  /** Of a whole segment nothing but its signed head is left. */
  segment(first: number, seq: number): void
  readonly declared: () => readonly Pruned[]
  /** When all was read: is everything that is missing covered by what the log says itself? */
  finding(): Finding | undefined
}

/** Bounded by how many organisations there are, not by how long the log is. */
export function createPruning(): Pruning {
  const organisations = new Map<string | null, OfOrganisation>()
  const declared = new Map<string | null, Pruned>()
  let [linksUpTo, linksGone, firstGone] = [0, 0, 0]

  const of = (organisation: string | null): OfOrganisation => {
    const found = organisations.get(organisation)
    if (found) return found
    const made: OfOrganisation = { isThere: false, missing: undefined }
    organisations.set(organisation, made)
    return made
  }

  function declares({ seq, entry }: EntryLine): string | undefined {
    const said = prunedFields.safeParse(entry.after)
    const { actor } = entry
    if (!said.success || actor.kind !== 'system' || actor.id !== RETENTION)
      return 'it says audit.pruned, but not as retention does: it is not believed'
    const { upTo, linksUpTo: links = 0 } = said.data
    if (upTo >= seq || links >= seq)
      return `it says that entries up to ${Math.max(upTo, links)} were taken away, which were yet to come: it is not believed`
    if (upTo > (declared.get(entry.org)?.upTo ?? 0)) declared.set(entry.org, { organisation: entry.org, upTo, seq })
    if (entry.org === null) linksUpTo = Math.max(linksUpTo, links)
    return undefined
  }

  function notCovered(organisation: string | null, { missing }: OfOrganisation): Finding | undefined {
    if (!missing) return undefined
    const said = declared.get(organisation)
    const whose = organisation === null ? 'of the instance' : `of the organisation ${organisation}`
    const wrong = ({ seq, id }: LinkLine, detail: string): Finding => ({ wrong: 'removed', seq, id, detail })
    if (!said) return wrong(missing.first, `it is gone, and no audit.pruned says that entries ${whose} were taken away`)
    const why = `retention has taken entries ${whose} up to ${said.upTo} and no further (audit.pruned at ${said.seq})`
    if (missing.gap && missing.gap.seq > said.upTo) return wrong(missing.gap, `it is gone, while ${why}`)
    if (missing.last.seq <= said.upTo) return undefined
    if (missing.first.seq > said.upTo) return wrong(missing.first, `it is gone, while ${why}`)
    return wrong(missing.last, `it is gone, perhaps with others between ${said.upTo} and it, while ${why}`)
  }

  return {
    present: (line) => {
      of(line.entry.org).isThere = true
      return line.entry.action === 'audit.pruned' ? declares(line) : undefined
    },
    missing: (line) => {
      const organisation = of(line.org)
      organisation.missing ??= { first: line, last: line, gap: undefined }
      organisation.missing.last = line
      if (organisation.isThere) organisation.missing.gap ??= line
    },
    segment: (first, seq) => {
      firstGone ||= first
      linksGone = seq
    },
    declared: () => [...declared.values()],
    finding: () => {
      const found = [...organisations].flatMap(([organisation, it]) => notCovered(organisation, it) ?? [])
      if (linksGone > linksUpTo)
        found.push({
          wrong: 'removed',
          seq: Math.max(firstGone, linksUpTo + 1),
          detail: `everything up to ${linksGone} is gone, while audit.pruned says so up to ${linksUpTo} only`,
        })
      return found.sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0))[0]
    },
  }
}
