import { openFilter } from '../breaches/filter/reader.ts'
import { type Breaches, createBreaches } from '../breaches/service.ts'
import type { Config } from '../config/config.ts'
import type { OutgoingClient } from '../http/outgoing/outgoing.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

interface BreachesOptions {
  readonly config: Config
  readonly outgoing: Pick<OutgoingClient, 'send'>
  readonly clock: Clock
  readonly log: Log
}

export const openBreaches = ({ config, ...deps }: BreachesOptions): Breaches =>
  createBreaches({ settings: config.breaches, ...deps })

/** A start with a filter that is not there or not whole would run for months without the check that was asked for. */
export async function refuseUnusableFilter({ breaches }: Config): Promise<void> {
  if (breaches.filter === undefined) return
  const filter = await openFilter(breaches.filter)
  await filter.close()
}
