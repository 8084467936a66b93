import type { Tx } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import { defineId } from '../../lib/ids.ts'
import type { EngineSessions } from '../ports.ts'
import type { Unit } from '../unit/unit.ts'

const sessionId = defineId('ses')

/**
 * Between the engine's look at the session and this commit the session may have been ended, and all grants of the person
 * revoked, because a password was changed: what were issued now would outlive it.
 */
async function assertHeld(sessions: Pick<EngineSessions, 'hold'>, tx: Tx, unit: Unit, sid: unknown): Promise<void> {
  if (typeof sid === 'string' && unit.bound === sid) return
  if (typeof sid !== 'string' || !sessionId.is(sid) || !(await sessions.hold(tx, sid)))
    throw new AppError('interaction-gone')
}

/** What waits to be asked of a request, so that a grant and the code of it ask once. */
const asked = new WeakMap<Unit, Set<unknown>>()

/** The same, before all that the request writes. */
export function mustBeHeld(sessions: Pick<EngineSessions, 'hold'>, unit: Unit, sid: unknown): void {
  const before = asked.get(unit) ?? new Set()
  if (before.has(sid)) return
  asked.set(unit, before.add(sid))
  unit.first((tx) => assertHeld(sessions, tx, unit, sid))
}
