import { fail, ok, type Result } from '../../lib/result.ts'
import { openHead } from './head.ts'
import type { LogKeys } from './log-keys.ts'
import type { Finding } from './verdict.ts'

export interface KeptHeads {
  compare(seq: number, hash: string, id?: string): Finding | undefined
  /** One that is further than the log goes. */
  unseen(last: number): Finding | undefined
  compared(): number
  given(): number
}

/** All of them have to be heads of this log, or it is not the log that they were kept of. */
export async function createKeptHeads(
  keys: Pick<LogKeys, 'open'>,
  heads: readonly string[],
  /** What was verified before: heads up to there say nothing new. */
  behind: number,
): Promise<Result<KeptHeads, Finding>> {
  const kept = new Map<number, string>()
  let furthest = 0
  for (const [index, jws] of heads.entries()) {
    const head = await openHead(keys, jws)
    const which = `the kept head${heads.length > 1 ? ` number ${index + 1}` : ''}`
    if (!head.ok) return fail({ wrong: head.error.wrong, detail: `${which}: ${head.error.detail}` })
    const { seq, hash } = head.value
    const other = kept.get(seq)
    if (other !== undefined && other !== hash)
      return fail({ wrong: 'head-differs', seq, detail: `two kept heads of entry ${seq} differ` })
    if (seq > behind) kept.set(seq, hash)
    furthest = Math.max(furthest, seq)
  }
  const compared = new Set<number>()
  return ok({
    compare: (seq, hash, id) => {
      const head = kept.get(seq)
      if (head === undefined) return undefined
      compared.add(seq)
      if (head === hash) return undefined
      return {
        wrong: 'head-differs',
        seq,
        id,
        detail: 'the kept head says another hash: it, or entries before it, were rebuilt',
      }
    },
    unseen: (last) =>
      furthest > last
        ? { wrong: 'cut', seq: last + 1, detail: `the log ends at ${last}, but a kept head was signed at ${furthest}` }
        : undefined,
    compared: () => compared.size,
    given: () => kept.size,
  })
}
