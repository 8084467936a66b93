import type { Db } from '../../db/types.ts'
import type { Add } from '../limits/counters.ts'
import { giveBackIn } from '../limits/postgres-counters.ts'
import type { LimitKeys, RuleName } from '../limits/rule.ts'
import type { Limits, Verdict } from '../limits/service.ts'
import type { Attempt, Pause, Ticket } from '../lockout/lockout.ts'
import type { Lockout } from '../lockout/service.ts'
import { countAndReserve } from './store.ts'

/** Both doors of a guess: the limits, and behind them the lockout. */
export type Admission = (
  asked: { readonly rule: RuleName; readonly keys: LimitKeys },
  attempt: Attempt,
) => Promise<AdmissionVerdict>

export type AdmissionVerdict =
  /** Whoever is refused by a limit has not touched the lockout. */
  | { readonly kind: 'limited'; readonly verdict: Verdict & { readonly ok: false } }
  | Pause
  | { readonly kind: 'go'; readonly ticket: Ticket; succeeded(): Promise<void> }

interface AdmissionDeps {
  readonly limits: Pick<Limits, 'take'>
  readonly lockout: Pick<Lockout<never>, 'begin' | 'reservation' | 'giveBack'>
  /** Where the counters of the limits are rows of this database: then one statement asks both. Undefined: they are elsewhere. */
  readonly together: Db | undefined
}

/**
 * A failure is reserved beside the limits only where their numbers alone say that all of them let it pass; whatever has to be looked at
 * (the window before, a refusal, a pause) is judged one after the other, as it is where the limits are counted elsewhere.
 */
export const createAdmission =
  ({ limits, lockout, together }: AdmissionDeps): Admission =>
  async ({ rule, keys }, attempt) => {
    let ticket: Ticket | undefined
    const add: Add | undefined =
      together &&
      (async (changes) => {
        const { reserving, ticketOf } = lockout.reservation(attempt)
        const { numbers, reserved } = await countAndReserve(together, changes, reserving)
        ticket = reserved && ticketOf(reserved)
        return { numbers, giveBack: giveBackIn(together) }
      })
    const verdict = await limits.take(rule, keys, {}, add)
    if (!verdict.ok) {
      // A refusal that this process remembers may end while it is asked for, and leave another one that was not counted.
      if (ticket) await lockout.giveBack(ticket)
      return { kind: 'limited', verdict }
    }
    const { succeeded } = verdict
    if (ticket) return { kind: 'go', ticket, succeeded }
    const begun = await lockout.begin(attempt)
    return begun.kind === 'go' ? { ...begun, succeeded } : begun
  }
