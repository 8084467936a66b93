import type { InstanceTx } from '../../db/transaction.ts'
import type { Id } from '../../lib/ids.ts'
import type { Endpoint } from './endpoint.ts'
import { wants } from './pattern.ts'
import { tellable } from './store.ts'

/** Of an event, what says whom it concerns. */
interface Told {
  readonly organisation: Id<'org'> | null
  readonly action: string
  readonly at: Date
}

export interface Match<E extends Told> {
  readonly endpoint: Endpoint
  readonly entry: E
}

/**
 * Who is to be told of what, in the order of the entries: an endpoint of the instance of everything it chose, one of an
 * organisation of what stands in that organisation's log. One that is disabled is told nothing, nor one of what had happened
 * before it was there: a log that is followed from its beginning, or after a day's pause, has much of that.
 */
export async function matching<E extends Told>(tx: InstanceTx, entries: readonly E[]): Promise<Match<E>[]> {
  const organisations = [...new Set(entries.flatMap(({ organisation }) => organisation ?? []))]
  const endpoints = await tellable(tx, organisations)
  return entries.flatMap((entry) =>
    endpoints
      .filter(({ organisation, events }) => concerns(organisation, entry) && wants(events, entry.action))
      .filter(({ createdAt }) => createdAt.getTime() - entry.at.getTime() <= CLOCKS_APART_MS)
      .map((endpoint) => ({ endpoint, entry })),
  )
}

/** So far two machines may be apart: rather told of something that is a little older than not told of what is new. */
const CLOCKS_APART_MS = 60 * 60_000

const concerns = (organisation: Endpoint['organisation'], entry: Told): boolean =>
  organisation === null || organisation === entry.organisation
