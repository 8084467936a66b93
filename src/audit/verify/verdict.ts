import type { Acknowledgement, Break } from './acknowledgement.ts'

/** What can be wrong. Each names one way in which a log was changed, as far as can be told from what is left. */
export type Wrong =
  /** No line of a log, or not where it may stand. */
  | 'malformed'
  /** An entry is not what was hashed when it was written. */
  | 'changed'
  | 'removed'
  | 'reordered'
  /** Stands twice, or where there was none. */
  | 'inserted'
  /** Its hashes do not follow from the entry before it: it, or what was before it, is not what it was. */
  | 'link-broken'
  /** A signed head says another hash: what came before it was rebuilt. */
  | 'head-differs'
  /** A signed head is further than the log goes. */
  | 'cut'
  /** Somebody past the rules of the table wrote it, before it was put into the chain: what it says proves nothing. */
  | 'odd'
  /** It may all be right, but what was given to prove it by proves nothing of it. */
  | 'unproven'
  | 'signature'
  | 'key'

export interface Finding {
  readonly wrong: Wrong
  /** Of the entry; undefined where it is about none, like a key. */
  readonly seq?: number | undefined
  readonly id?: string | undefined
  /** Of the file, from 1. */
  readonly line?: number | undefined
  /** In words. */
  readonly detail: string
}

export interface Pruned {
  /** NULL: what belongs to the instance. */
  readonly organisation: string | null
  readonly upTo: number
  /** Of the `audit.pruned` that says so. */
  readonly seq: number
}

export interface KnownKey {
  readonly kid: string
  readonly trusted: boolean
  /** By the log itself. */
  readonly named: boolean
}

export interface Summary {
  /** Whose log it says it is, and what its newest signed head says. An instance may have moved since. */
  readonly issuer: string | undefined
  readonly signedFor: string | undefined
  readonly complete: boolean
  readonly entries: number
  /** Links whose entries retention took away. */
  readonly links: number
  readonly segments: number
  /** Of these nothing but the signed head is left. */
  readonly prunedSegments: number
  readonly from: Date | undefined
  readonly to: Date | undefined
  /** The last that was read, and the last that a signed head covers. */
  readonly lastSeq: number
  readonly lastHash: string
  readonly signedSeq: number
  readonly keys: readonly KnownKey[]
  readonly headsCompared: number
  readonly pruned: readonly Pruned[]
  /** Breaks that an operator has looked into, as the chain itself says. */
  readonly acknowledged: readonly Acknowledgement[]
  /** What was gone past. */
  readonly breaks: readonly Break[]
}

/** Of one that says so, all was looked at: it hides nothing that was done behind it. */
export const isOfTheWhole = ({ wrong }: Finding): boolean => wrong === 'odd' || wrong === 'unproven'

/** `finding` is the first that is wrong; what came behind it was not looked at, but for `isOfTheWhole`. */
export interface Verdict {
  readonly finding: Finding | undefined
  readonly summary: Summary
}

/** Behind it nothing may have been kept: it has to be said by somebody that this is so. */
export const isLookedInto = ({ acknowledged }: Summary, place: number): boolean =>
  acknowledged.some(({ breaks }) => breaks.some(({ what, seq }) => what === 'place' && seq === place))

export const strayFound = (id: string): Finding => ({
  wrong: 'inserted',
  id,
  detail: 'it is no part of the chain: it was put among the events later',
})

export const placeGone = (seq: number): Finding => ({
  wrong: 'cut',
  seq,
  detail: `it had come to a signed head at ${seq}, which is gone`,
})
