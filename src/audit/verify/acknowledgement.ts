import { z } from 'zod'
import type { EntryLine } from './line.ts'

/**
 * A break does not heal. What an operator can do is to say that they have looked into it (`audit.break_acknowledged`): which
 * places of the chain, what stood there when they looked, and why. The entry that says so is in the chain behind the break, so
 * it is signed and cannot be taken back; and as it says what stood there, whoever changes that once more is found.
 */
export const ACKNOWLEDGED = 'audit.break_acknowledged'

/** The command that says it; and retention, which says it anew before it takes the entry away. */
export const ACKNOWLEDGING = 'audit acknowledge'
const RETENTION = 'audit.prune'

export const breakKinds = [
  /** It is not what was hashed. */
  'entry',
  /** Its hash does not follow. */
  'link',
  /** What came before it is not there. */
  'gap',
  /** A signed head that is not right, or that says another hash. */
  'head',
  /** Entries that are not there, though their links are; or the beginning of the log. */
  'gone',
  /** The nightly verification had come to a head that is not there. */
  'place',
  /** An event that the chain went past: it stands in it later than the acknowledgement. */
  'stray',
] as const
export type BreakKind = (typeof breakKinds)[number]

const broken = z.object({
  what: z.enum(breakKinds),
  wrong: z.string(),
  seq: z.int().min(0),
  /** Up to where, of what is gone. */
  to: z.int().min(0).nullable(),
  is: z.string(),
  detail: z.string(),
})
export type Break = z.infer<typeof broken>

export const acknowledgementFields = z.looseObject({
  breaks: z.array(broken).min(1),
  reason: z.string().min(1),
  /** Where it was said first, when retention says it anew. */
  first: z.object({ seq: z.int().min(1), at: z.iso.datetime() }).optional(),
})

export interface Acknowledgement {
  readonly seq: number
  readonly id: string
  readonly at: string
  readonly by: string
  readonly reason: string
  readonly breaks: readonly Break[]
}

export function believed({ seq, entry }: EntryLine): Acknowledgement | undefined {
  const { kind, id } = entry.actor
  const isOurs = (kind === 'operator' && id === ACKNOWLEDGING) || (kind === 'system' && id === RETENTION)
  const said = acknowledgementFields.safeParse(entry.after)
  if (!isOurs || entry.org !== null || !said.success) return undefined
  const { breaks, reason, first } = said.data
  return { seq: first?.seq ?? seq, id: entry.id, at: first?.at ?? entry.time, by: ACKNOWLEDGING, reason, breaks }
}

/** Of whoever may have written it: what to look for. */
export const claimedIn = (after: unknown): readonly Break[] => acknowledgementFields.safeParse(after).data?.breaks ?? []
