import { NO_LINK } from '../chain/link.ts'
import type { Excusable } from './breaks.ts'
import type { PublicKey } from './log-keys.ts'
import { type Continued, createReading, type Reading } from './reading.ts'
import { type SourceLine, Unreadable } from './source-line.ts'
import type { Finding, Verdict } from './verdict.ts'

export interface VerifyOptions {
  /** Keys that came another way than with the log. Without them the log can only be shown to agree with itself. */
  readonly trustedKeys?: readonly PublicKey[] | undefined
  /** Signed heads that were kept elsewhere. Only against such a one does a cut tail show, or a log that was made anew. */
  readonly heads?: readonly string[]
  /** For what was verified up to there before: the lines begin behind it. */
  readonly begin?: Continued
  /** What to go past, where the chain says that it was looked into. */
  readonly excusable?: Excusable
  readonly onProgress?: (seq: number) => void
}

/** How far is looked for what stands in the wrong place, to tell it from what is gone. */
const LOOK_AHEAD = 2000

/** One line at a time, and nothing of it kept: a log of any length is verified in the same memory. */
export async function verifyLog(
  lines: AsyncIterable<SourceLine>,
  { trustedKeys, heads = [], begin = { seq: 0, hash: NO_LINK }, excusable = {}, onProgress }: VerifyOptions = {},
): Promise<Verdict> {
  const reading = await createReading({ trustedKeys, heads, begin, excusable })
  const finding = await firstFinding(lines[Symbol.asyncIterator](), reading, onProgress)
  return { finding: finding ?? (await reading.end()), summary: reading.summary() }
}

async function firstFinding(
  lines: AsyncIterator<SourceLine>,
  reading: Reading,
  onProgress: ((seq: number) => void) | undefined,
): Promise<Finding | undefined> {
  try {
    for (;;) {
      const next = await lines.next()
      if (next.done) return undefined
      const found = await reading.take(next.value)
      if (found) return found.wrong === 'removed' ? await removedOrMoved(lines, found) : found
      if (onProgress && 'seq' in next.value.value) onProgress(next.value.value.seq)
    }
  } catch (error) {
    if (error instanceof Unreadable) return error.finding
    throw error
  } finally {
    await lines.return?.()
  }
}

/** What was missed may come later; then it was moved, not taken away. */
async function removedOrMoved(lines: AsyncIterator<SourceLine>, found: Finding): Promise<Finding> {
  try {
    for (let looked = 0; looked < LOOK_AHEAD; looked++) {
      const next = await lines.next()
      if (next.done) return found
      const { value, line } = next.value
      if ((value.type !== 'entry' && value.type !== 'link') || value.seq !== found.seq) continue
      const id = value.type === 'entry' ? value.entry.id : value.id
      return { wrong: 'reordered', seq: value.seq, id, line, detail: 'it stands behind entries that came later' }
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
  }
  return found
}
