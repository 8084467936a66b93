import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { ActorContext } from '../actor.ts'
import type { EventWriter } from '../writer.ts'
import { isStanding, newestBreak, VERIFIED, verifiedUpTo } from './store.ts'
import type { Finding } from './verdict.ts'

export interface NightlyDeps {
  readonly owner: Db
  readonly clock: Clock
  readonly log: Pick<Log, 'error' | 'info'>
  readonly record: EventWriter['recordEvent']
}

const by: ActorContext = { actor: { kind: 'system', id: 'audit.verify' } }

/** In the log of the server each time, and once in the log of events, so that alerts hear of it. */
export async function tell(
  { owner, log, record }: Omit<NightlyDeps, 'clock'>,
  finding: Finding,
  also?: (tx: InstanceTx) => Promise<unknown>,
): Promise<Finding> {
  log.error({ finding }, 'THE LOG OF EVENTS IS NOT WHAT WAS WRITTEN; see hearthkey audit verify')
  const { wrong, seq = null, id = null, detail } = finding
  await inInstance(owner, async (tx) => {
    if (!(await isKnown(tx, finding))) {
      const after = { public: { wrong, seq, id, detail } }
      await record(tx, by, { action: 'audit.chain_broken', target: 'instance', after })
    }
    await also?.(tx)
  })
  return finding
}

/** The same again behind a night that found all right is another one. */
async function isKnown(tx: InstanceTx, { wrong, seq, id }: Finding): Promise<boolean> {
  const known = await newestBreak(tx)
  if (known?.wrong !== wrong || known.seq !== (seq ?? null) || known.id !== (id ?? null)) return false
  return isStanding(known, await verifiedUpTo(tx, VERIFIED))
}
