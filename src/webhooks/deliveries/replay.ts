import type { EventId } from '../../audit/event.ts'
import type { InstanceTx } from '../../db/transaction.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { wants } from '../endpoints/pattern.ts'
import { findReplayable, listFailed, listUntold, type Replayable } from './replay-store.ts'

/**
 * `event`: one that it has chosen, whether it was delivered or not. `failed`: what was given up or discarded. `missed`: what it would have been
 * told of by what it has chosen now, had it been enabled and there. `all`: that, and what it was told of: it has lost it.
 */
export type ReplayWish =
  | { readonly what: 'event'; readonly event: EventId }
  | { readonly what: 'failed' | 'missed' | 'all'; readonly from: Date | null; readonly to: Date | null }

/** Whether a wish looks at what happened before then; `chosen`: what it has found. */
export const reachesBefore = (wish: ReplayWish, then: Date, chosen: readonly Replayable[]): boolean =>
  wish.what === 'event'
    ? chosen.some(({ at }) => at < then)
    : wish.what !== 'failed' && (wish.from === null || wish.from < then)

/** At once. Whoever wants more says a range, and another one after it. */
export const MOST_REPLAYED = 10_000
const PAGE = 2_000

/** One more than the most, where there is more than that. */
export async function replayable(
  tx: InstanceTx,
  { id: endpoint, organisation, events }: Endpoint,
  wish: ReplayWish,
): Promise<Replayable[]> {
  if (wish.what === 'event') {
    const found = await findReplayable(tx, organisation, wish.event)
    return found && wants(events, found.action) ? [found] : []
  }
  const { from, to } = wish
  if (wish.what === 'failed') return listFailed(tx, { endpoint, from, to, limit: MOST_REPLAYED + 1 })
  const chosen: Replayable[] = []
  for (let after = 0; chosen.length <= MOST_REPLAYED; ) {
    const page = await listUntold(tx, {
      endpoint,
      organisation,
      from,
      to,
      after,
      told: wish.what === 'all',
      limit: PAGE,
    })
    chosen.push(...page.filter(({ action }) => wants(events, action)))
    after = page.at(-1)?.sequence ?? 0
    if (page.length < PAGE) break
  }
  return chosen.slice(0, MOST_REPLAYED + 1)
}
