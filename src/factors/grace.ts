import type { Held } from './held.ts'
import type { Demand } from './rule.ts'

/** Until when an enrolment may be put off; undefined where it may not, or no longer. It begins when somebody first meets the rule. */
export function graceUntil(
  { grace }: Pick<Demand, 'grace'>,
  { graceBeganAt, mustEnrol }: Pick<Held, 'graceBeganAt' | 'mustEnrol'>,
  now: Date,
): Date | undefined {
  if (grace === 0 || mustEnrol) return undefined
  const until = new Date((graceBeganAt ?? now).getTime() + grace)
  return until > now ? until : undefined
}
