import { type RawBuilder, sql } from 'kysely'
import { lowestUuidAt, NEAR_ITS_TIME_MS } from '../../lib/ids-in-order.ts'
import { type EventId, eventId } from '../event.ts'
import type { EventFilter, Order } from './filter.ts'

const LOWEST = '00000000-0000-0000-0000-000000000000'
const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** An event's id is from near its time, so the ids of that time are looked through, and each is asked when it was. */
export function rangeOf({ from, to }: EventFilter, order: Order, after: EventId | undefined) {
  const position = after && eventId.toUuid(after)
  const first = from ? lowestUuidAt(new Date(from.getTime() - NEAR_ITS_TIME_MS)) : LOWEST
  const last = to ? lowestUuidAt(new Date(to.getTime() + NEAR_ITS_TIME_MS)) : HIGHEST
  return {
    above: order === 'oldest' && position ? position : first,
    below: order === 'newest' && position ? position : last,
  }
}

export const atThatTime = ({ from, to }: EventFilter): RawBuilder<boolean>[] => [
  ...(from ? [sql<boolean>`events.occurred_at >= ${from}`] : []),
  ...(to ? [sql<boolean>`events.occurred_at < ${to}`] : []),
]
