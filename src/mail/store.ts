import type { Db, Tx } from '../db/types.ts'
import { defineId } from '../lib/ids.ts'
import type { UserId } from '../users/user.ts'
import { type MailId, type MailState, mailId, mailStates } from './mail.ts'

const userId = defineId('usr')

interface NewMail {
  readonly id: MailId
  readonly person: UserId | undefined
  readonly message: string
  readonly recipient: Buffer
  readonly letter: Buffer
  readonly at: Date
  readonly expiresAt: Date
}

export async function insertMail(tx: Tx, mail: NewMail): Promise<void> {
  await tx
    .insertInto('outbox')
    .values({
      id: mailId.toUuid(mail.id),
      message: mail.message,
      person_id: mail.person ? userId.toUuid(mail.person) : null,
      recipient: mail.recipient,
      letter: mail.letter,
      state: 'queued',
      created_at: mail.at,
      expires_at: mail.expiresAt,
    })
    .execute()
}

export interface MailRow {
  readonly id: MailId
  readonly person: UserId | undefined
  readonly message: string
  readonly state: MailState
  readonly attempts: number
  readonly lastError: string | null
  /** Both until it has ended, then neither. */
  readonly sealed: { readonly recipient: Buffer; readonly letter: Buffer } | undefined
  readonly claimedUntil: Date | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
}

export const columns = [
  'id',
  'person_id',
  'message',
  'state',
  'attempts',
  'last_error',
  'recipient',
  'letter',
  'claimed_until',
  'created_at',
  'expires_at',
  'ended_at',
] as const

interface SelectedRow {
  readonly id: string
  readonly person_id: string | null
  readonly message: string
  readonly state: string
  readonly attempts: number
  readonly last_error: string | null
  readonly recipient: Buffer | null
  readonly letter: Buffer | null
  readonly claimed_until: Date | null
  readonly created_at: Date
  readonly expires_at: Date
  readonly ended_at: Date | null
}

export function toMail(row: SelectedRow): MailRow {
  const state = mailStates.find((name) => name === row.state)
  if (!state) throw new TypeError(`a letter in the state ${row.state}`)
  const { recipient, letter } = row
  return {
    id: mailId.fromUuid(row.id),
    person: row.person_id === null ? undefined : userId.fromUuid(row.person_id),
    message: row.message,
    state,
    attempts: row.attempts,
    lastError: row.last_error,
    sealed: recipient && letter ? { recipient, letter } : undefined,
    claimedUntil: row.claimed_until,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
  }
}

export async function findMail(db: Db, id: MailId): Promise<MailRow | undefined> {
  const row = await db.selectFrom('outbox').select(columns).where('id', '=', mailId.toUuid(id)).executeTakeFirst()
  return row && toMail(row)
}

export async function isSent(db: Db | Tx, id: MailId): Promise<boolean> {
  const row = await db.selectFrom('outbox').select('state').where('id', '=', mailId.toUuid(id)).executeTakeFirst()
  return row?.state === 'sent'
}

/** The newest first. */
export async function listMails(db: Db, before: MailId | undefined, limit: number): Promise<MailRow[]> {
  const page = db.selectFrom('outbox').select(columns).orderBy('id', 'desc').limit(limit)
  const rows = await (before ? page.where('id', '<', mailId.toUuid(before)) : page).execute()
  return rows.map(toMail)
}
