import type { LimitVerdict, Quota } from '../../http/limits/quota.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Identities } from '../identity.ts'
import type { Index } from '../ports.ts'
import type { Add, Counters } from './counters.ts'
import { keysIn } from './keys.ts'
import { rememberRefused } from './refused.ts'
import type { KeyKind, LimitKeys, RuleName, Rules } from './rule.ts'
import { isKnownRefused, type Taken, takeAll } from './take.ts'

/** What a request was told, and how to take back what counts failures alone. */
export type Verdict = LimitVerdict & {
  /** It was no failure. Costs nothing where no limit of the rule counts failures. */
  succeeded(): Promise<void>
}

export interface Limits {
  /**
   * All limits of the rule for which a key is given; refused by one of them, it counts for none. `own`: the numbers that
   * some of them have by themselves, for the same time; a line that the operator took away stays away.
   */
  take(
    rule: RuleName,
    keys: LimitKeys,
    own?: OwnCounts,
    /** Instead of counting by itself. */ add?: Add,
  ): Promise<Verdict>
}

export type OwnCounts = Partial<Readonly<Record<KeyKind, number>>>

interface LimitsDeps {
  readonly rules: Rules
  readonly counters: Counters
  readonly index: Index
  readonly identities: Identities
  readonly clock: Clock
}

export function createLimits({ rules, counters, index, identities, clock }: LimitsDeps): Limits {
  const deps = { counters, refused: rememberRefused(), clock }
  const keyOf = keysIn(index, identities)

  return {
    take: async (rule, keys, own = {}, add = counters.add) => {
      const asked = rules[rule].flatMap((usual) => {
        const limit = { ...usual, count: own[usual.kind] ?? usual.count }
        const key = keyOf(limit, keys)
        return key === undefined ? [] : [{ limit, key }]
      })
      // What is refused anyway is asked alone, so that it touches no other counter.
      const known = asked.filter(({ key }) => isKnownRefused(deps, key))
      const taken = await takeAll(deps, known.length > 0 ? known : asked, add)
      const quotas = taken.map(quotaOf)
      const wait = Math.max(0, ...taken.map((one) => one.wait))
      const succeeded = () => giveBack(taken.filter(({ limit }) => limit.counts === 'failures'))
      if (wait === 0) return { ok: true, quotas, succeeded }
      await giveBack(taken)
      return { ok: false, quotas, retryAfterSeconds: seconds(wait), succeeded: async () => {} }
    },
  }
}

const giveBack = async (taken: readonly Taken[]): Promise<void> => {
  await Promise.all(taken.map((one) => one.giveBack()))
}

const seconds = (ms: number): number => Math.ceil(ms / 1000)

const quotaOf = ({ limit, remaining, resetMs }: Taken): Quota => ({
  name: limit.name,
  limit: limit.count,
  windowSeconds: seconds(limit.window),
  remaining,
  resetSeconds: seconds(resetMs),
})
