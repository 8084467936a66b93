import type { Conflict } from './cross-checks.ts'
import type { Parsed } from './schema.ts'

/** A message is made from the log each time it is sent: one whose event is gone can only be discarded. */
export function eventsOutliveTheirMessages({ audit, webhooks }: Parsed): Conflict | undefined {
  if (audit.retention > webhooks.giveUpAfter) return undefined
  const reason =
    'must be longer than webhooks.giveUpAfter: what is not taken by then could not be sent again, as its event is gone; or give up sooner'
  return { keys: ['audit.retention', 'webhooks.giveUpAfter'], reason }
}

/** What waits longer than the log of deliveries reaches is discarded, and what failed meanwhile is forgotten. */
export function deliveriesAreKeptUntilGivenUp({ webhooks: { keep, giveUpAfter } }: Parsed): Conflict | undefined {
  if (keep >= giveUpAfter) return undefined
  const reason =
    'must not be shorter than webhooks.giveUpAfter: what is still sent again would be discarded; or give up sooner'
  return { keys: ['webhooks.keep', 'webhooks.giveUpAfter'], reason }
}
