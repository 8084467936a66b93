import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Checkpoint } from '../checkpoints/checkpoint.ts'
import { lastCheckpoint } from '../checkpoints/store.ts'
import { beginPlace, holdPlace, movedAt, movePlace } from '../following/store.ts'

export const HEADS_MAIL = 'heads-mail'
const DAY_MS = 24 * 60 * 60 * 1000
const NEVER = new Date(0)

export interface MailHeadsDeps {
  readonly owner: Db
  readonly clock: Clock
  readonly send: (tx: InstanceTx, head: Checkpoint) => Promise<void>
}

/** The latest head of a day, to those who keep letters: in the transaction that remembers that it was written. */
export const mailLatestHead = ({ owner, clock, send }: MailHeadsDeps): Promise<number> =>
  inInstance(owner, async (tx) => {
    const place = await holdPlace(tx, HEADS_MAIL)
    if (place === undefined) {
      await beginPlace(tx, { name: HEADS_MAIL, from: 'beginning' }, NEVER)
      return 0
    }
    const [head, last, now] = [await lastCheckpoint(tx), await movedAt(tx, HEADS_MAIL), clock.now()]
    if (!head || head.seq <= place || !isDue(last, now)) return 0
    await send(tx, head)
    await movePlace(tx, HEADS_MAIL, head.seq, now)
    return 1
  })

/** Also where the last one is yet to come: a clock was ahead then. */
export const isDue = (last: Date, now: Date): boolean => Math.abs(now.getTime() - last.getTime()) >= DAY_MS
