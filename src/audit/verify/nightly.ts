import { inInstance } from '../../db/transaction.ts'
import { beginPlace, movePlace } from '../following/store.ts'
import { verifyDatabase } from './database.ts'
import { markWhole, VERIFIED, verifiedUpTo } from './store.ts'
import { type NightlyDeps, tell } from './tell.ts'
import { type Finding, isLookedInto, isOfTheWhole, placeGone } from './verdict.ts'
import { verifyWholeWhereDue } from './whole.ts'

/** What is new, each night; and all of it where that was a week ago. While a break stands, that is what has to be looked into. */
export async function verifyNightly(deps: NightlyDeps, signal?: AbortSignal): Promise<Finding | undefined> {
  const found = await verifyNew(deps)
  if (found && !isOfTheWhole(found)) return found
  return (await verifyWholeWhereDue(deps, signal)) ?? found
}

/**
 * What came since the last signed head that was found right. It moves on from one to the next only, and stays where something
 * is wrong: that is said each time, and once in the log of events. An entry that is merely odd is said as well, and gone past:
 * nobody is to keep everything behind it from being looked at.
 */
export async function verifyNew(deps: NightlyDeps): Promise<Finding | undefined> {
  const { owner, clock, log } = deps
  await inInstance(owner, (tx) => beginPlace(tx, { name: VERIFIED, from: 'beginning' }, clock.now()))
  const { seq: from, head: begin, isGone } = await inInstance(owner, (tx) => verifiedUpTo(tx, VERIFIED))
  const { finding, summary } = await verifyDatabase({ owner, now: clock.now(), ...(begin && { begin }) })
  if (isGone && !isLookedInto(summary, from)) return tell(deps, placeGone(from))
  if (finding && !isOfTheWhole(finding)) return tell(deps, finding)
  await inInstance(owner, async (tx) => {
    await movePlace(tx, VERIFIED, summary.signedSeq, clock.now())
    if ((begin?.seq ?? 0) === 0) await markWhole(tx, summary.signedSeq, clock.now())
  })
  log.info({ from, to: summary.signedSeq }, 'the log of events was verified')
  // Behind the move, so that whoever asks how it stands (the doctor) hears of it until the next night.
  return finding && tell(deps, finding)
}
