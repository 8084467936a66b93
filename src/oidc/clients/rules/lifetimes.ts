import type { Client } from '../client.ts'
import type { ClientFault } from '../faults.ts'
import { type Bounds, rule } from './rule.ts'

const SHORTEST_ACCESS = 30
const SHORTEST_REFRESH = 60
const LONGEST_REFRESH = 3650 * 86_400

const READS = ['accessTokenTtl', 'refreshIdleTtl', 'refreshAbsoluteTtl'] as const

/** No token outlives the key that signed it: a retired key stays published for `longestTokenLifetime` (milliseconds). */
function lifetimeFault(
  { accessTokenTtl: access, refreshIdleTtl: idle, refreshAbsoluteTtl: absolute }: Pick<Client, (typeof READS)[number]>,
  { longestTokenLifetime }: Bounds,
): ClientFault | undefined {
  const fault = (seconds: number) => ({ reason: 'lifetime-invalid', value: `${seconds} s` }) as const
  const within = (seconds: number, from: number, to: number) =>
    Number.isSafeInteger(seconds) && seconds >= from && seconds <= to
  if (access !== null && !within(access, SHORTEST_ACCESS, longestTokenLifetime / 1000)) return fault(access)
  for (const refresh of [idle, absolute])
    if (refresh !== null && !within(refresh, SHORTEST_REFRESH, LONGEST_REFRESH)) return fault(refresh)
  return idle !== null && absolute !== null && idle > absolute ? fault(idle) : undefined
}

export const lifetimeRule = rule(READS, lifetimeFault)
