import { inInstance } from '../../db/transaction.ts'
import { verifyDatabase } from './database.ts'
import { linesOfDatabase, type Read } from './source/database.ts'
import { inSnapshot } from './source/in-snapshot.ts'
import { claimedBreaks, newestHeadSeq } from './source/store.ts'
import { goBackBefore, lastVerified, markWhole, WHOLE } from './store.ts'
import { type NightlyDeps, tell } from './tell.ts'
import { type Finding, isOfTheWhole, type Verdict } from './verdict.ts'
import { verifyLog } from './verify.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** A little less than a week: the night that is a week later begins as early as this one, and this one took a while. */
const EVERY_MS = 6.5 * DAY_MS
/** Few, so that whoever wants something of this process meanwhile waits for some milliseconds. */
const PAGE = 250

/**
 * All of it, from the beginning: what was found right once is not looked at by the nights that follow, and whoever has the
 * database may change it then. A server that stops in the middle begins anew. What is found is what the nights go on from, as if they had come
 * to it for the first time: they stay before it, retention waits, and an operator can acknowledge it.
 */
export async function verifyWholeWhereDue(deps: NightlyDeps, signal?: AbortSignal): Promise<Finding | undefined> {
  const { owner, clock, log } = deps
  const last = await inInstance(owner, (tx) => lastVerified(tx, WHOLE))
  // Also where the last time is yet to come: a clock was ahead then.
  if (last && Math.abs(clock.now().getTime() - last.at.getTime()) < EVERY_MS) return undefined
  try {
    const { finding, summary } = await verifyWhole(deps, signal)
    // Odd entries were said when they were new.
    if (finding && !isOfTheWhole(finding)) return await tell(deps, finding, (tx) => goBackBefore(tx, finding.seq))
    await inInstance(owner, (tx) => markWhole(tx, summary.signedSeq, clock.now()))
    log.info({ to: summary.signedSeq }, 'all of the log of events was verified')
    return undefined
  } catch (error) {
    if (signal?.aborted) return undefined
    throw error
  }
}

/**
 * Page by page in a transaction each, so that no snapshot is held for as long as that takes: the database could not tidy up behind
 * it. What retention took or an operator acknowledged between two pages looks like a break then; so what is found is looked at
 * once more, in one snapshot, and that decides.
 */
export async function verifyWhole(
  { owner, clock }: Pick<NightlyDeps, 'owner' | 'clock'>,
  signal?: AbortSignal,
  inPage: Read = (work) => inSnapshot(owner, work),
): Promise<Verdict> {
  const now = clock.now()
  const read: Read = (work) => {
    signal?.throwIfAborted()
    return inPage(work)
  }
  const { upTo, claimed } = await read(async (tx) => ({
    upTo: await newestHeadSeq(tx),
    claimed: await claimedBreaks(tx),
  }))
  // What no head was signed for yet is what the night looked at; it may go on meanwhile.
  const verdict = await verifyLog(linesOfDatabase(read, { upTo, page: PAGE, now }), { excusable: { claimed } })
  if (!verdict.finding || isOfTheWhole(verdict.finding)) return verdict
  return verifyDatabase({ owner, now, ...(signal && { signal }) })
}
