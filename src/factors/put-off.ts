import { foresee, usualSignIn } from './foresee.ts'
import type { Held } from './held.ts'
import type { RuleOf } from './may-remove.ts'
import { demandOf } from './rule.ts'

/**
 * Until when somebody has put off an enrolment: of those who ask for it, the first whose time is over. Undefined where nobody
 * does, or no longer waits. Each rule is asked together with that of the instance, as a sign-in asks it.
 */
export function putOffUntil(held: Held, rules: readonly RuleOf[], now: Date): Date | undefined {
  if (held.graceBeganAt === undefined) return undefined
  const ofInstance = rules.filter(({ whose }) => whose.kind === 'instance').map(({ rule }) => rule)
  const ends = rules.flatMap(({ rule }) => {
    const demand = demandOf([...ofInstance, rule])
    return foresee(held, demand, usualSignIn(held, demand, now), now).putOffUntil ?? []
  })
  return ends.toSorted((one, other) => one.getTime() - other.getTime())[0]
}
