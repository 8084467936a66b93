import { inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import type { Enqueue } from '../jobs/enqueue.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { claimMail, endMail, releaseMail } from './claim-store.ts'
import { deliverMail } from './deliver-job.ts'
import { eventOf } from './event.ts'
import type { RenderLetter } from './letters/render.ts'
import type { MailId } from './mail.ts'
import type { RecordMailEvent } from './ports.ts'
import type { LetterSeals } from './seals.ts'
import { findMail, type MailRow } from './store.ts'
import { MailTrouble } from './transport/failure.ts'
import type { Envelope, Transport } from './transport/transport.ts'

export interface DeliveryRun {
  readonly signal: AbortSignal
  /** Nobody tries again by itself when this one fails. */
  readonly isLast: boolean
}

/** Throws where it is worth another try. */
export type Deliver = (id: MailId, run: DeliveryRun) => Promise<void>

interface DeliveryDeps<By> {
  readonly db: Db
  readonly seals: LetterSeals
  readonly render: RenderLetter
  /** Without one nothing is tried: letters wait to be read on the host. */
  readonly transport: Transport | undefined
  /** Behind the @ of a message's id. */
  readonly ownHost: string
  /** Longer than any attempt lasts. */
  readonly claimMs: number
  readonly enqueue: Enqueue
  readonly clock: Clock
  readonly record: RecordMailEvent<By>
  readonly by: By
  readonly log: Log
}

/**
 * At least once, and once unless a process dies between the server's yes and our note of it: then it goes a second time
 * under the same Message-ID, by which mail programs know a double.
 */
export function createDelivery<By>(deps: DeliveryDeps<By>): Deliver {
  const { db, transport, claimMs, enqueue, clock, log } = deps
  const { end, fail } = endings(deps)

  return async (id, { signal, isLast }) => {
    const row = await findMail(db, id)
    if (!row?.sealed || row.state !== 'queued') return
    if (row.message === 'discard') return void (await end(row, 'discarded'))
    if (row.expiresAt <= clock.now()) return void (await end(row, 'expired'))
    if (!transport) return

    const until = new Date(clock.now().getTime() + claimMs)
    const attempt = await claimMail(db, id, clock.now(), until)
    if (attempt === undefined) {
      // Somebody is about it, or was and died: whoever looks after the claim's end finds it sent, or sends it.
      await inTransaction(db, (tx) => enqueue(tx, deliverMail, { mail: id }, { at: until }))
      return
    }
    const claimed = { ...row, attempts: attempt }
    try {
      const envelope = await open(deps, claimed)
      if (!envelope) return void (await end(claimed, 'discarded', attempt))
      await transport.send(envelope, signal)
    } catch (error) {
      const trouble = await fail(claimed, error, isLast)
      if (!trouble) return
      throw trouble
    }
    if (await end(claimed, 'sent', attempt)) log.debug({ mail: id, message: row.message, attempt }, 'a letter was sent')
  }
}

async function open<By>({ db, seals, render, ownHost }: DeliveryDeps<By>, row: MailRow): Promise<Envelope | undefined> {
  if (!row.sealed) return undefined
  const to = await seals.openRecipient(db, row, row.sealed.recipient)
  const message = await seals.openMessage(db, row, row.sealed.letter)
  if (!to || !message || message.name === 'discard') return undefined
  return {
    messageId: `<${row.id}@${ownHost}>`,
    date: row.createdAt,
    to: { address: to.address, name: to.name },
    ...render(message, to.locale),
  }
}

const actions = { sent: 'mail.sent', expired: 'mail.expired', failed: 'mail.failed' } as const

function endings<By>({ db, clock, record, by, log }: DeliveryDeps<By>) {
  /** What it says is gone in the transaction that says how it ended. */
  const end = (row: MailRow, state: 'sent' | 'expired' | 'discarded', attempt?: number): Promise<boolean> =>
    inTransaction(db, async (tx) => {
      const ended = await endMail(tx, row.id, { state, at: clock.now(), attempt })
      if (ended && state !== 'discarded') await record(tx, by, eventOf(actions[state], row))
      return ended
    })

  /** Answers what to throw where it will be tried again, or where somebody should look at it. */
  const fail = async (row: MailRow, thrown: unknown, isLast: boolean): Promise<unknown> => {
    const trouble = thrown instanceof MailTrouble ? thrown : undefined
    const reason = trouble?.message ?? 'unreadable'
    const isFinal = trouble?.isFinal === true
    if (!isFinal && !isLast) {
      await releaseMail(db, row.id, row.attempts, reason)
      return thrown
    }
    const ending = {
      state: 'failed',
      at: clock.now(),
      error: reason,
      attempt: row.attempts,
      keepSealed: !isFinal,
    } as const
    await inTransaction(db, async (tx) => {
      if (await endMail(tx, row.id, ending)) await record(tx, by, eventOf('mail.failed', row, reason))
    })
    log.warn({ mail: row.id, message: row.message, reason }, 'a letter could not be delivered')
    return isFinal ? undefined : thrown
  }
  return { end, fail }
}
