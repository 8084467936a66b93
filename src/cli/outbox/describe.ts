import type { OutboxEntry } from '../../mail/outbox.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

const facts = ({
  id,
  message,
  notice,
  to,
  state,
  attempts,
  lastError,
  createdAt,
  expiresAt,
  endedAt,
}: OutboxEntry) => ({
  id,
  message,
  notice: notice ?? null,
  to: to ?? null,
  state,
  attempts,
  lastError,
  createdAt,
  expiresAt,
  endedAt,
})

/** To the minute, so that a line fits. */
const minute = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ')

const heads = ['ID', 'WRITTEN', 'LETTER', 'STATE', 'WHEN', 'TO']

function row({ id, message, notice, to, state, lastError, createdAt, expiresAt, endedAt }: OutboxEntry): string[] {
  const end = state === 'queued' ? `until ${minute(expiresAt)}` : minute(endedAt ?? expiresAt)
  const letter = notice === undefined ? message : `${message}: ${notice}`
  return [id, minute(createdAt), letter, state, end, `${to ?? '(erased)'}${lastError ? `  [${lastError}]` : ''}`]
}

/** `more`: there are older ones. */
export function describeOutbox(entries: readonly OutboxEntry[], more: boolean): Output {
  const next = more ? entries.at(-1)?.id : undefined
  return {
    text: [
      entries.length === 0 ? 'There are no letters.' : table(heads, entries.map(row)),
      ...(next ? ['', `There are older ones: hearthkey outbox list --before ${next}`] : []),
    ].join('\n'),
    json: { letters: entries.map(facts), next: next ?? null },
  }
}

export const describeRetry = (entry: OutboxEntry): Output => ({
  text: `${entry.id} will be tried at once, if a server runs on this database. hearthkey outbox list says what became of it.`,
  json: { letter: facts(entry) },
})
