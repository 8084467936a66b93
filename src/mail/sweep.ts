import { inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import type { Enqueue } from '../jobs/enqueue.ts'
import type { Clock } from '../lib/clock.ts'
import { deliverMail } from './deliver-job.ts'
import { eventOf } from './event.ts'
import type { MailId } from './mail.ts'
import type { RecordMailEvent } from './ports.ts'
import { deleteEnded, eraseExpired, listForgotten } from './sweep-store.ts'

interface SweepDeps<By> {
  readonly db: Db
  /** False: there is nobody to hand letters to. */
  readonly delivers: boolean
  readonly enqueue: Enqueue
  readonly clock: Clock
  readonly record: RecordMailEvent<By>
  readonly by: By
}

const BATCH = 50
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Its own job has had its chance by then. */
const UNTRIED = 2 * MINUTE
/** Longer than the longest wait between two tries of one job. */
const SILENT = 3 * HOUR
/** How long is known that there was a letter. The events say it for as long as they are kept. */
const REMEMBERED = 30 * 24 * HOUR

/** Erases what is too old, and gives a job to what waits without one: from before there was a mail server, or whose job died. */
export function createSweep<By>({
  db,
  delivers,
  enqueue,
  clock,
  record,
  by,
}: SweepDeps<By>): (signal: AbortSignal) => Promise<void> {
  const ago = (ms: number) => new Date(clock.now().getTime() - ms)

  const eraseBatch = () =>
    inTransaction(db, async (tx) => {
      const erased = await eraseExpired(tx, clock.now(), BATCH)
      for (const row of erased) {
        if (row.state === 'queued' && row.message !== 'discard') await record(tx, by, eventOf('mail.expired', row))
      }
      return erased.length
    })

  const wake = (id: MailId) =>
    inTransaction(db, (tx) => enqueue(tx, deliverMail, { mail: id }, { once: { key: id, withinSeconds: HOUR / 1000 } }))

  return async (signal) => {
    while (!signal.aborted && (await eraseBatch()) === BATCH);
    if (delivers) {
      const forgotten = await listForgotten(db, { untriedBefore: ago(UNTRIED), triedBefore: ago(SILENT) }, 1000)
      for (const id of forgotten) await wake(id)
    }
    await deleteEnded(db, ago(REMEMBERED))
  }
}
