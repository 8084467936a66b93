import type { InstanceTx } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import { linesOfDatabase, type Read } from './source/database.ts'
import { inSnapshot } from './source/in-snapshot.ts'
import { claimedBreaks, findStrays, placeBehindHeads, readHead } from './source/store.ts'
import { type Finding, isLookedInto, isOfTheWhole, placeGone, strayFound, type Verdict } from './verdict.ts'
import { type VerifyOptions, verifyLog } from './verify.ts'

interface DatabaseOptions extends Omit<VerifyOptions, 'onProgress'> {
  readonly owner: Db
  readonly now: Date
  readonly page?: number
  readonly onProgress?: (done: number, total: number) => void
  /** Ends it between two pages, by throwing. */
  readonly signal?: AbortSignal
}

/** In one snapshot: what is appended or taken away meanwhile belongs to the next time. */
export const verifyDatabase = ({
  owner,
  now,
  page,
  onProgress,
  signal,
  ...options
}: DatabaseOptions): Promise<Verdict> =>
  inSnapshot(owner, async (tx) => {
    const { seq: total } = await readHead(tx)
    const excusable = { claimed: await claimedBreaks(tx), ...options.excusable }
    const after = options.begin?.seq ?? 0
    const read: Read = (work) => {
      signal?.throwIfAborted()
      return work(tx)
    }
    const verdict = await verifyLog(linesOfDatabase(read, { after, now, ...(page !== undefined && { page }) }), {
      ...options,
      excusable,
      ...(onProgress && { onProgress: (seq: number) => onProgress(seq, total) }),
    })
    if (verdict.finding && !isOfTheWhole(verdict.finding)) return verdict
    return { ...verdict, finding: (await besideTheChain(tx, verdict)) ?? verdict.finding }
  })

/** What no export shows: the end that the database keeps of its chain, and events that are not in it. */
async function besideTheChain(tx: InstanceTx, { summary }: Verdict): Promise<Finding | undefined> {
  const head = await readHead(tx)
  const { lastSeq: last, lastHash } = summary
  if (head.seq > last)
    return { wrong: 'cut', seq: last + 1, detail: `the chain ends at ${last}, but had come to ${head.seq}` }
  if (head.seq < last)
    return {
      wrong: 'inserted',
      seq: head.seq + 1,
      detail: `the chain goes on to ${last}, but had come to ${head.seq} only`,
    }
  if (last > 0 && head.hash.toString('hex') !== lastHash)
    return { wrong: 'link-broken', seq: last, detail: 'the hash that is kept as the end of the chain is another' }
  const place = await placeBehindHeads(tx)
  if (place !== undefined && !isLookedInto(summary, place)) return placeGone(place)
  const [stray] = await findStrays(tx, 1)
  return stray === undefined ? undefined : strayFound(stray)
}
