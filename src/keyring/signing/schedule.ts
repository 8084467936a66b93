import { PROPAGATION_MS } from '../propagation.ts'
import { inState, type SigningKeyPolicy, type SigningKeyRow } from './signing-key.ts'

type Times = Pick<SigningKeyRow, 'created_at' | 'activated_at' | 'retired_at'>

const after = (from: Date, ms: number) => new Date(from.getTime() + ms)

/** When every API has had the time to fetch it: they keep a JWKS for a while. */
export const readyAt = (next: Times, policy: SigningKeyPolicy): Date => after(next.created_at, policy.publishBefore)

/** When the last token signed by it has died, wherever that was: a process may hear of a rotation a moment late. */
export const diesAt = ({ retired_at, created_at }: Times, policy: SigningKeyPolicy): Date =>
  after(retired_at ?? created_at, policy.longestTokenLifetime + PROPAGATION_MS)

/** When the active key has served its time and the next one may follow it. */
export function nextRotationAt(rows: readonly SigningKeyRow[], policy: SigningKeyPolicy): Date | undefined {
  const active = inState(rows, 'active')
  const next = inState(rows, 'next')
  if (!active?.activated_at || !next) return undefined
  const served = after(active.activated_at, policy.rotateEvery)
  const ready = readyAt(next, policy)
  return served > ready ? served : ready
}

export interface DueWork {
  readonly rotate: boolean
  readonly erase: readonly SigningKeyRow[]
}

export function dueWork(rows: readonly SigningKeyRow[], policy: SigningKeyPolicy, now: Date): DueWork {
  const at = nextRotationAt(rows, policy)
  return {
    rotate: at !== undefined && at <= now,
    erase: rows.filter((row) => row.state === 'retired' && diesAt(row, policy) <= now),
  }
}
