import type { MailEvent } from './ports.ts'
import type { MailRow } from './store.ts'

/** Which letter, to whom by their id, and how it went: no address, and nothing that it said. */
export const eventOf = (
  action: MailEvent['action'],
  { id, message, person, attempts }: Pick<MailRow, 'id' | 'message' | 'person' | 'attempts'>,
  reason?: string,
): MailEvent => ({
  action,
  target: id,
  after: { public: { message, person: person ?? null, attempts, ...(reason !== undefined && { reason }) } },
})
