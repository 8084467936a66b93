import { NOBODY } from '../../src/audit/sealer.ts'
import { loadWords } from '../../src/instance/words.ts'
import { letterRenderer } from '../../src/mail/letters/render.ts'
import { letterSeals } from '../../src/mail/seals.ts'
import { listMails } from '../../src/mail/store.ts'
import type { TestApp } from './app.ts'

export interface QueuedLetter {
  readonly id: string
  readonly to: string
  readonly name: string | undefined
  /** Of the message; for a notice with what it is about: `notice new-device`. */
  readonly message: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Every address in the text, in its order. */
  readonly links: readonly string[]
  readonly expiresAt: Date
}

/** What waits in the outbox, oldest first, opened and written as it would be sent: a flow is tested without a mail server. */
export async function letters(
  { config, services }: Pick<TestApp, 'config' | 'services'>,
  /** Only so many, where a test has a lot of them and looks often. */
  newest = 1000,
): Promise<QueuedLetter[]> {
  const { database, keyring } = services
  const seals = letterSeals(keyring.persons, NOBODY)
  const operator = config.mail.operatorName
  const render = letterRenderer({ words: loadWords(config), operator, issuerUrl: config.server.issuerUrl })
  const opened: QueuedLetter[] = []
  for (const row of (await listMails(database.app, undefined, newest)).reverse()) {
    if (row.state !== 'queued' || !row.sealed) continue
    const to = await seals.openRecipient(database.app, row, row.sealed.recipient)
    const message = await seals.openMessage(database.app, row, row.sealed.letter)
    if (!to || !message || message.name === 'discard') continue
    const { subject, text, html } = render(message, to.locale)
    opened.push({
      id: row.id,
      to: to.address,
      name: to.name,
      message: message.name === 'notice' ? `notice ${message.what}` : message.name,
      subject,
      text,
      html,
      links: text.match(/https?:\/\/\S+/g) ?? [],
      expiresAt: row.expiresAt,
    })
  }
  return opened
}

/** How many were put there in vain, so that a request about nobody costs what one about somebody costs. */
export async function discards({ services }: Pick<TestApp, 'services'>): Promise<number> {
  const rows = await listMails(services.database.app, undefined, 1000)
  return rows.filter(({ message }) => message === 'discard').length
}
