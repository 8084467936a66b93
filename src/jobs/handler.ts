import type { JobKind, JobPayload } from './job.ts'

export interface JobRun {
  readonly jobId: string
  /** 1 for the first try. */
  readonly attempt: number
  /** Fires when the run has used up its time or the server stops. */
  readonly signal: AbortSignal
}

export interface JobHandler {
  readonly kind: Omit<JobKind, 'parse'>
  run(payload: unknown, run: JobRun): Promise<void>
}

/**
 * A job runs at least once, not exactly once: a worker that dies after its work and before it could say so leaves the
 * job to another. So a handler does its change and the mark that it is done in one transaction, or makes doing it
 * twice harmless.
 */
export const handle = <P extends JobPayload>(
  kind: JobKind<P>,
  work: (payload: P, run: JobRun) => Promise<void>,
): JobHandler => ({ kind, run: (payload, run) => work(kind.parse(payload), run) })
