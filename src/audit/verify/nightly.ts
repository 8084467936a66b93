import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { ActorContext } from '../actor.ts'
import { beginPlace, movePlace } from '../following/store.ts'
import type { EventWriter } from '../writer.ts'
import { verifyDatabase } from './database.ts'
import { isStanding, newestBreak, VERIFIED, verifiedUpTo } from './store.ts'
import { type Finding, isLookedInto, isOfTheWhole, placeGone } from './verdict.ts'

export interface NightlyDeps {
  readonly owner: Db
  readonly clock: Clock
  readonly log: Pick<Log, 'error' | 'info'>
  readonly record: EventWriter['recordEvent']
}

const by: ActorContext = { actor: { kind: 'system', id: 'audit.verify' } }

/**
 * What came since the last signed head that was found right. It moves on from one to the next only, and stays where something
 * is wrong: that is said in the log of the server each night, and once in the log of events, so that alerts hear of it. An entry
 * that is merely odd is said as well, and gone past: nobody is to keep everything behind it from being looked at.
 */
export async function verifyNightly(deps: NightlyDeps): Promise<Finding | undefined> {
  const { owner, clock, log } = deps
  await inInstance(owner, (tx) => beginPlace(tx, { name: VERIFIED, from: 'beginning' }, clock.now()))
  const { seq: from, head: begin, isGone } = await inInstance(owner, (tx) => verifiedUpTo(tx, VERIFIED))
  const { finding, summary } = await verifyDatabase({ owner, now: clock.now(), ...(begin && { begin }) })
  if (isGone && !isLookedInto(summary, from)) return tell(deps, placeGone(from))
  if (finding && !isOfTheWhole(finding)) return tell(deps, finding)
  await inInstance(owner, (tx) => movePlace(tx, VERIFIED, summary.signedSeq, clock.now()))
  log.info({ from, to: summary.signedSeq }, 'the log of events was verified')
  // Behind the move, so that whoever asks how it stands (the doctor) hears of it until the next night.
  return finding && tell(deps, finding)
}

export async function tell({ owner, log, record }: Omit<NightlyDeps, 'clock'>, finding: Finding): Promise<Finding> {
  log.error({ finding }, 'THE LOG OF EVENTS IS NOT WHAT WAS WRITTEN; see hearthkey audit verify')
  const { wrong, seq = null, id = null, detail } = finding
  await inInstance(owner, async (tx) => {
    const known = await newestBreak(tx)
    const isKnown = known?.wrong === wrong && known.seq === seq && known.id === id
    // The same again behind a night that found all right is another one.
    if (isKnown && isStanding(known, await verifiedUpTo(tx, VERIFIED))) return
    const after = { public: { wrong, seq, id, detail } }
    await record(tx, by, { action: 'audit.chain_broken', target: 'instance', after })
  })
  return finding
}
