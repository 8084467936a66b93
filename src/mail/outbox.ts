import { inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import type { Enqueue } from '../jobs/enqueue.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { requeueMail } from './claim-store.ts'
import { deliverMail } from './deliver-job.ts'
import { eventOf } from './event.ts'
import type { RenderLetter } from './letters/render.ts'
import { type MailId, maskAddress } from './mail.ts'
import type { RecordMailEvent } from './ports.ts'
import type { LetterSeals } from './seals.ts'
import { findMail, listMails, type MailRow } from './store.ts'

export interface OutboxEntry extends Omit<MailRow, 'sealed' | 'claimedUntil'> {
  /** Masked; undefined once it is erased. */
  readonly to: string | undefined
  /** What a notice is about; undefined of any other letter, and once it is erased. */
  readonly notice: string | undefined
}

export interface OutboxPage {
  readonly before?: MailId | undefined
  readonly limit: number
  /** Of the whole address. What is erased is nobody's any more. */
  readonly to?: ((address: string) => boolean) | undefined
  /** Not those that are never sent. */
  readonly isForReaders?: boolean
}

export interface RevealedLetter {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** `delivered`: a mail server is configured, so it is the recipient's to read. `erased`: nothing is left of it. */
export type RevealRefusal = 'not-found' | 'delivered' | 'erased'
export type RetryRefusal = 'not-found' | 'erased' | 'no-server'

/** For the operator of the host. */
export interface Outbox<By> {
  /** The newest first. */
  list(page: OutboxPage): Promise<OutboxEntry[]>
  /** Leaves an event before it answers: nobody reads somebody else's letter unseen. */
  reveal(by: By, id: MailId): Promise<Result<RevealedLetter, RevealRefusal>>
  /** At once, instead of when its turn comes; also what was given up for a reason that is mended. */
  retry(by: By, id: MailId): Promise<Result<OutboxEntry, RetryRefusal>>
}

interface OutboxDeps<By> {
  readonly db: Db
  readonly seals: LetterSeals
  readonly render: RenderLetter
  readonly delivers: boolean
  readonly enqueue: Enqueue
  readonly clock: Clock
  readonly record: RecordMailEvent<By>
}

/** An address is sealed: whoever looks for one reads all of them. */
const BATCH = 200

export function createOutbox<By>(deps: OutboxDeps<By>): Outbox<By> {
  const { db, seals, render, delivers, enqueue, clock, record } = deps
  const recipientOf = async ({ sealed, ...row }: MailRow) =>
    sealed && (await seals.openRecipient(db, row, sealed.recipient))?.address
  const noticeOf = async ({ sealed, ...row }: MailRow) => {
    if (row.message !== 'notice' || !sealed) return undefined
    const message = await seals.openMessage(db, row, sealed.letter)
    return message?.name === 'notice' ? message.what : undefined
  }
  const entryFor = async (row: MailRow, address: string | undefined): Promise<OutboxEntry> => {
    const { sealed: _, claimedUntil: __, ...facts } = row
    return { ...facts, to: address === undefined ? undefined : maskAddress(address), notice: await noticeOf(row) }
  }
  const entry = async (row: MailRow) => entryFor(row, await recipientOf(row))
  const isReadable = ({ message, expiresAt }: MailRow) => message !== 'discard' && expiresAt > clock.now()

  return {
    list: async ({ before, limit, to, isForReaders = false }) => {
      const entries: OutboxEntry[] = []
      for (let behind = before, isLast = false; !isLast && entries.length < limit; ) {
        const rows = await listMails(db, behind, BATCH)
        for (const row of rows) {
          if (entries.length === limit) break
          if (isForReaders && row.message === 'discard') continue
          const address = await recipientOf(row)
          if (to && !(address !== undefined && to(address))) continue
          entries.push(await entryFor(row, address))
        }
        behind = rows.at(-1)?.id
        isLast = rows.length < BATCH
      }
      return entries
    },

    reveal: async (by, id) => {
      const row = await findMail(db, id)
      if (!row) return fail('not-found')
      if (delivers) return fail('delivered')
      if (!row.sealed || !isReadable(row)) return fail('erased')
      const to = await seals.openRecipient(db, row, row.sealed.recipient)
      const message = await seals.openMessage(db, row, row.sealed.letter)
      if (!to || !message || message.name === 'discard') return fail('erased')
      await inTransaction(db, (tx) => record(tx, by, eventOf('mail.revealed', row)))
      const { subject, text } = render(message, to.locale)
      return ok({ to: to.address, subject, text })
    },

    retry: async (by, id) => {
      const row = await findMail(db, id)
      if (!row) return fail('not-found')
      if (!delivers) return fail('no-server')
      if (!row.sealed || !isReadable(row)) return fail('erased')
      await inTransaction(db, async (tx) => {
        if (await requeueMail(tx, id, clock.now())) await record(tx, by, eventOf('mail.retried', row))
        await enqueue(tx, deliverMail, { mail: id })
      })
      const again = await findMail(db, id)
      return again ? ok(await entry(again)) : fail('not-found')
    },
  }
}
