import type { JobKind } from './job.ts'

/** A job without a payload: the only kind that a clock can start. */
export type CheckKind = JobKind<Readonly<Record<string, never>>>

export interface JobSchedule {
  readonly name: string
  readonly cron: string
}

/**
 * Runs once for all instances at the times of `cron` (five fields, UTC), and once when a worker starts: a machine that
 * is switched off at night would miss its hour for ever. So it may run more often than asked, and must be a check
 * that finds nothing to do.
 */
export const schedule = (kind: CheckKind, cron: string): JobSchedule => ({ name: kind.name, cron })
