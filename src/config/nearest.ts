import { distance } from 'fastest-levenshtein'

export interface Candidate {
  /** What is suggested. */
  readonly name: string
  readonly spellings: readonly string[]
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[._-]/g, '')

/** Of two that are equally near, the first. Far from all of them is near none: a wild guess misleads. */
export function nearest(unknown: string, candidates: readonly Candidate[]): string | undefined {
  const sought = plain(unknown)
  const limit = sought.length < 4 ? 1 : Math.max(2, Math.floor(sought.length * 0.3))
  const ranked = candidates
    .map(({ name, spellings }) => ({ name, far: Math.min(...spellings.map((text) => distance(sought, plain(text)))) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far)
  return ranked[0]?.name
}
