const DAY_MS = 24 * 60 * 60 * 1000

/** Of whom: the uuids of organisations; or of everybody else, the instance itself as well. */
export type Whose = { readonly only: readonly string[] } | { readonly allBut: readonly string[] }

export interface RetentionRule {
  readonly whose: Whose
  /** What happened before it may go. */
  readonly before: Date
}

/** How much of a log one run takes at most. */
const STEP_MS = 45 * DAY_MS

/**
 * What is gone does not come back, and a clock may be years ahead for a night: so a run goes by what the log itself shows of
 * time as well. Where there is more, as behind a shorter length, each of the next nights takes as much.
 */
export const stepOf = (rule: RetentionRule, oldest: Date | undefined): RetentionRule =>
  oldest ? { ...rule, before: new Date(Math.min(rule.before.getTime(), oldest.getTime() + STEP_MS)) } : rule

export interface OwnRetention {
  readonly organisation: string
  readonly days: number
}

/** One rule for each length of time, since what is kept equally long goes together. */
export function rulesOf(own: readonly OwnRetention[], retentionMs: number, now: Date): RetentionRule[] {
  const byDays = Map.groupBy(own, ({ days }) => days)
  const before = (ms: number) => new Date(now.getTime() - ms)
  return [
    { whose: { allBut: own.map(({ organisation }) => organisation) }, before: before(retentionMs) },
    ...[...byDays].map(([days, theirs]) => ({
      whose: { only: theirs.map(({ organisation }) => organisation) },
      before: before(days * DAY_MS),
    })),
  ]
}
