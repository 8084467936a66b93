import { type Delivery, TESTED } from './delivery.ts'
import type { Outcome } from './outcome.ts'
import { pauseAfter } from './pause.ts'
import type { Next } from './store.ts'

export function nextOf(
  { attempts, action, giveUpAt }: Pick<Delivery, 'attempts' | 'action' | 'giveUpAt'>,
  made: Pick<Outcome, 'failure' | 'gone' | 'retryAfter'>,
  now: Date,
): Next {
  if (made.failure === null) return { ended: 'delivered', at: now }
  // A test is over with its answer; and who says that they are gone is not asked again.
  if (action === TESTED || made.gone || now >= giveUpAt) return { ended: 'failed', at: now }
  const pause = pauseAfter(attempts + 1, { retryAfter: made.retryAfter })
  return { at: new Date(Math.min(now.getTime() + pause, giveUpAt.getTime())) }
}
