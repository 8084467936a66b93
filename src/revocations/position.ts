/**
 * How far a reader has read: all that could be seen in the snapshot `seen`; and, in the middle of a round of pages, the
 * last entry of the page. When the round is over, `next` takes the place of `seen`. All of it in PostgreSQL's own texts.
 */
export interface Position {
  readonly seen: Seen | undefined
  readonly round: { readonly next: Seen; readonly xid: string; readonly id: string } | undefined
}

export interface Seen {
  readonly snapshot: string
  /** The microsecond of it, by the database's clock: transactions are counted anew where a backup was restored, and time is not. */
  readonly at: string
}

export const BEGINNING: Position = { seen: undefined, round: undefined }

/** For the reader: a text that means nothing to anybody else. */
export const writePosition = ({ seen, round }: Position): string =>
  [seen ? textOf(seen) : '', ...(round ? [textOf(round.next), round.xid, round.id] : [])].join('_')

const textOf = ({ snapshot, at }: Seen): string => `${at}@${snapshot}`

/** One without a time is from before it was told: of whichever history it is, nothing is believed to be older. */
function seenIn(text: string): Seen | undefined {
  const [at = '', snapshot, ...more] = text.split('@')
  if (snapshot === undefined) return isSnapshot(text) ? { snapshot: text, at: '0' } : undefined
  return more.length === 0 && isNumber(at) && at.length <= MICROSECONDS && isSnapshot(snapshot)
    ? { snapshot, at }
    : undefined
}

/** Undefined for what is no position: it would be an error in the database. */
export function readPosition(text: string): Position | undefined {
  const [first = '', following, xid = '', id = '', ...more] = text.split('_')
  const seen = seenIn(first)
  if (text.length > LONGEST || more.length > 0 || (first !== '' && !seen)) return undefined
  if (following === undefined) return seen && { seen, round: undefined }
  const next = seenIn(following)
  if (!next || !isNumber(xid) || !uuid.test(id)) return undefined
  return { seen, round: { next, xid, id } }
}

const LONGEST = 32_768
/** Digits: until the year 2286. */
const MICROSECONDS = 16
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const HIGHEST = 2n ** 64n

const isNumber = (text: string): boolean => /^(?:0|[1-9]\d{0,19})$/.test(text) && BigInt(text) < HIGHEST

/** `10:20:10,14,15`: from, to, and what was still open between them, as `pg_snapshot` reads it. */
function isSnapshot(text: string): boolean {
  const [xmin = '', xmax = '', open, ...more] = text.split(':')
  if (more.length > 0 || open === undefined) return false
  const numbers = [xmin, ...(open === '' ? [] : open.split(',')), xmax]
  if (!numbers.every(isNumber)) return false
  const [from = 0n, ...rest] = numbers.map(BigInt)
  // What was open lies between the ends and each above the one before it; the ends may be one.
  const to = rest.pop() ?? 0n
  return from > 0n && rest.every((xid, at) => xid < to && xid >= from && xid > (rest[at - 1] ?? -1n)) && from <= to
}
