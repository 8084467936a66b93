import type { InstanceTx } from '../../db/transaction.ts'
import type { ActorContext } from '../actor.ts'
import { type EventId, eventId } from '../event.ts'
import type { Gone } from '../retention/store.ts'
import { ACKNOWLEDGED, acknowledgementFields, type Break, claimedIn } from '../verify/acknowledgement.ts'
import { claimedBreaks } from '../verify/source/store.ts'
import type { EventWriter } from '../writer.ts'
import { acknowledgementsUpTo } from './store.ts'

const lastOf = ({ seq, to }: Pick<Break, 'seq' | 'to'>) => to ?? seq

/** What retention does not have to wait for: it is gone, and somebody has looked into it. */
export const goneAndKnown = async (tx: InstanceTx): Promise<Gone[]> =>
  (await claimedBreaks(tx)).filter(({ what }) => what === 'gone').map((one) => ({ seq: one.seq, to: lastOf(one) }))

/**
 * The first signed head that somebody has looked into. What stood there is told by the link before it as well, and what comes
 * behind may follow from that alone: such a head stays, so the links stay too.
 */
export async function firstHeadKnown(tx: InstanceTx): Promise<number | undefined> {
  const heads = (await claimedBreaks(tx)).filter(({ what }) => what === 'head').map(({ seq }) => seq)
  return heads.length > 0 ? heads.reduce((first, seq) => Math.min(first, seq)) : undefined
}

interface Anew {
  readonly tx: InstanceTx
  readonly record: EventWriter['recordEvent']
  readonly by: ActorContext
}

/**
 * An acknowledgement belongs to the instance and is past its time one day, while what was broken belongs to an organisation that
 * keeps its log for longer. So it is said anew before it is taken away, for as long as the links it speaks of are there.
 */
export async function acknowledgeAnew({ tx, record, by }: Anew, upTo: number, linksUpTo: number): Promise<string[]> {
  const events: EventId[] = []
  for (const { seq, at, after } of await acknowledgementsUpTo(tx, upTo)) {
    const said = acknowledgementFields.safeParse(after)
    if (!said.success || claimedIn(after).every((one) => lastOf(one) <= linksUpTo)) continue
    const { breaks, reason, first = { seq, at: at.toISOString() } } = said.data
    events.push(
      await record(tx, by, {
        action: ACKNOWLEDGED,
        target: 'instance',
        after: { public: { breaks, reason, first } },
      }),
    )
  }
  return events.map((id) => eventId.toUuid(id))
}
